"""The one file that knows every class: `build(settings)` puts the product together."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import DatabaseError

from chatserver.channels.mail import KIND as TRANSCRIPT_MAIL
from chatserver.channels.mail import MailApi, TranscriptMail
from chatserver.channels.rules import mail_limits
from chatserver.channels.smtp import Smtp, post_of
from chatserver.conversation.api import ConversationsApi
from chatserver.conversation.attachments.api import AttachmentsApi
from chatserver.conversation.attachments.links import Links
from chatserver.conversation.attachments.personal import AttachmentsShare
from chatserver.conversation.attachments.service import Attachments
from chatserver.conversation.guard import Guard
from chatserver.conversation.indexing import Indexer
from chatserver.conversation.log import Log
from chatserver.conversation.resealing import Resealer
from chatserver.conversation.service import Conversations
from chatserver.conversation.unindexing import forget_removed
from chatserver.core.audit import SYSTEM, Act
from chatserver.core.background import attempt, end_all, repeat, together
from chatserver.core.commands import Registry
from chatserver.core.ports import Clock
from chatserver.core.ports import Hub as HubPort
from chatserver.core.routes import bound_routes
from chatserver.desk import figures
from chatserver.desk.callbacks.personal import CallbacksShare
from chatserver.desk.counter import Counter
from chatserver.desk.figures import DeskWatch
from chatserver.desk.personal import RoutingShare
from chatserver.desk.rooms import DeskRooms
from chatserver.desk.rules import Terms
from chatserver.desk.sweep import Clocks
from chatserver.gen import asyncapi, openapi
from chatserver.infra import free_memory
from chatserver.infra.bus import Bus
from chatserver.infra.door import ProductDoor
from chatserver.infra.embedded_redis import EmbeddedRedis
from chatserver.infra.extras import tracing_of
from chatserver.infra.files.keeping import ATTACHMENTS, open_files
from chatserver.infra.files.pictures import LimitedPictures
from chatserver.infra.health import Health
from chatserver.infra.hub import Hub
from chatserver.infra.loop_lag import LoopLag
from chatserver.infra.metrics import Watched, metrics_of
from chatserver.infra.migrations import migrate
from chatserver.infra.oidc import provider_of
from chatserver.infra.origins import listed_origins
from chatserver.infra.outbox import OpenOutbox
from chatserver.infra.outbox.personal import OutboxShare
from chatserver.infra.pace_ledger import PaceLedger
from chatserver.infra.pages import Pages, find_pages
from chatserver.infra.redis_link import RedisClient, redis_client
from chatserver.infra.security_txt import SecurityTxt
from chatserver.infra.shared_clock import Reference, SharedClock, reference_of
from chatserver.infra.socket_ledger import SocketLedger
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sockets.crowd import Caps
from chatserver.infra.sockets.front import Front
from chatserver.infra.sockets.house import House, Limits
from chatserver.infra.sql import OpenDatabase, open_database
from chatserver.infra.web import Routes, new_application
from chatserver.knowledge.bot import Bot
from chatserver.knowledge.topics import TopicsApi
from chatserver.settings import Settings
from chatserver.trust.audit.trail import audit_key
from chatserver.trust.directory import Directory
from chatserver.trust.evidence.api import EvidenceApi
from chatserver.trust.evidence.pack import Packer
from chatserver.trust.keys import Keys, derived_key, load_keys
from chatserver.trust.links.official import official_of
from chatserver.trust.outbound.api import HeldApi
from chatserver.trust.outbound.personal import HeldShare
from chatserver.trust.outbound.service import Reviewer
from chatserver.trust.privacy.shares import UserShare
from chatserver.trust.proof.api import ProofApi
from chatserver.trust.rights import Rights
from chatserver.trust.roots.signing import LOOK_FOR_ROOTS_S, Signer, anchor_folder
from chatserver.trust.shield.notices import Notices
from chatserver.trust.shield.shield import SecretShield
from chatserver.trust.sign_in import SignIn
from chatserver.trust.staff_data import seal_accounts
from chatserver.trust.vault.opening import begin, vault_for
from chatserver.trust.vault.vault import LOOK_EVERY_S, DataVault

if TYPE_CHECKING:
    from chatserver.infra.tracing import Tracing  # an extra: there is nothing of it where it is not set up

REVOKE_EVERY_S: Final = 2.0
"""How often connected staff are checked against their accounts: disabled ones are out within 5 s."""

SETTLE_S: Final = 3.0
"""What follows from the last commits before the end has this long; Redis answers or is given up within two."""

HELD_EVERY_S: Final = 20.0
"""Between two looks for held texts whose 15 minutes are over."""

TIDY_EVERY_S: Final = 600.0
"""Between two looks for files that nobody sent: they may stay for a day."""

SHARES: Final = (UserShare(), AttachmentsShare(), CallbacksShare(), RoutingShare(), HeldShare(), OutboxShare())
"""What the rooms keep of a user, for export and erasure."""

log = structlog.get_logger(__name__)


def database_url(settings: Settings) -> str:
    """The database in use: the one given, else SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{settings.data_dir.resolve()}/chatserver.db"


def anchors_file(settings: Settings) -> Path:
    """Where the anchors of the audit log are kept."""
    return Path(settings.audit_anchors or settings.data_dir / "audit-anchors.jsonl")


def desk_of(log_: Log, redis: RedisClient, settings: Settings, hub: HubPort) -> DeskRooms:
    """The desk, with the terms and clocks of the settings."""
    direct = settings.assignment == "direct"
    terms = Terms(direct, _ms(settings.offer_s), _ms(settings.first_reply_s), settings.hand_ons)
    clocks = Clocks(_ms(settings.agent_gone_s), _ms(settings.user_gone_s))
    return DeskRooms(log_, redis, settings.desk, Directory(), hub).furnish(terms, clocks)


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)


class App:
    """The running product: its rooms, its web application, and the tasks behind them."""

    def __init__(  # noqa: PLR0913  (everything the product stands on)
        self,
        settings: Settings,
        database: OpenDatabase,
        redis: RedisClient,
        keys: Keys,
        vault: DataVault,
        *,
        clock: Clock,
        tracing: "Tracing | None" = None,
    ) -> None:
        self.settings = settings
        self.keys = keys
        self.database = database
        self.vault = vault
        self.signer = Signer(database, clock, anchor_folder(settings), settings.root_every_s)
        self.clock = clock
        self.connections = Connections()
        bus_secret = derived_key(keys.secret_key, "hints")
        self._process = secrets.token_hex(8)
        self._bus = Bus(redis, settings.desk, bus_secret, self._process)
        self.hub = Hub(database, self._bus, self.connections)
        self._tracing = tracing
        self.desk = desk_of(Log(database, clock), redis, settings, self.hub)
        self.outbox = OpenOutbox(database, clock, derived_key(keys.secret_key, "outbox"))
        if tracing is not None:
            tracing.watch_work(self.hub, self.outbox)
        self._post = post_of(settings.smtp_url, settings.mail_from)
        if self._post is not None:
            self.outbox.carry({TRANSCRIPT_MAIL: TranscriptMail(self.desk.log, Smtp(self._post)).carry})
        self.shield = SecretShield(contacts=settings.remove_contacts)
        self.rights = Rights(database, clock, audit_key(keys.secret_key), self.hub, settings.rate_factor)
        self.rights.keep_anchors(anchors_file(settings))
        self.trail = self.rights.trail
        self.sign_in = SignIn(settings, keys, self.trail, self.shield, provider_of(settings))
        self.running: asyncio.Task[None] | None = None
        """The tasks behind the product; it ends early only by a defect."""
        kept = open_files(settings.files_url, settings.data_dir / ATTACHMENTS)
        links = Links(derived_key(keys.secret_key, "links"))
        self.attachments = Attachments(self.desk.log, kept, LimitedPictures(), self.shield, links)
        self.rights.keep_duties(self.desk.log, SHARES, self._delete_bytes, settings.retention, settings.audit_days)
        self._join()
        self._build_web()
        self._ledger = PaceLedger(redis, settings.desk, self.house.identities)
        self._sockets = SocketLedger(redis, settings.desk, self.watch.process, self.connections, self.watch.live)
        self._sockets.tell = self.hub.replace

    def _join(self) -> None:
        """Let the rooms follow the log: sockets first, then the desk, then the bot."""
        desk, hub = self.desk, self.hub
        self.reviewer = Reviewer(official_of(self.settings), desk.log, hub, self.trail)
        guard = Guard(self.shield, self.reviewer)
        conversations = Conversations(desk.log, hub, desk.line, desk.desk, guard)
        self.counter = Counter(desk, self.shield, self.trail, self.reviewer)
        commanded = [conversations, *self.counter.commanded, self.sign_in.gate]
        self.registry = Registry(commanded, self.shield, self.rights.watch, self.reviewer)
        self.counter.open(self.registry.run)
        self.notices = Notices(self.registry)
        self.bot = Bot(self.registry, desk.log, desk.line)
        self.indexer = Indexer(self.database)
        self.watch = DeskWatch(self.database, self.clock, desk.presence.process)
        self.loop_lag = LoopLag()
        bots = (self.notices.follow, self.bot.follow)
        for subscriber in (hub.tell, desk.follower.follow, *bots, self.indexer.notice, self.watch.follow):
            desk.log.subscribe(subscriber)
        desk.positions.waiting_here = hub.waiting_here
        desk.positions.tell = lambda head, body: hub.emit_here(f"user:{head.user_id}", "queue_position", body)
        desk.sweep.users_here = hub.users_here
        self.counter.board.watchers = hub.supervisors_here
        self.counter.board.tell = lambda identity, board: hub.emit_here(identity, "board", board)

    def _build_web(self) -> None:
        settings, desk = self.settings, self.desk
        door = ProductDoor(
            self.sign_in.gate,
            self.registry,
            hub=self.hub,
            desk=desk,
            connections=self.connections,
            audit=self.trail,
        )
        door.features = ["transcript_mail"] if self._post is not None else []
        self.house = House(door, self.connections, self.clock, _limits(settings))
        self._allowed: frozenset[str] = frozenset()
        self.front = Front(self.house, lambda origin: origin in self._allowed, settings.trusted_hops)
        documents = {"asyncapi.json": asyncapi.document, "openapi.json": openapi.document}
        self.metrics = metrics_of(
            Watched(
                database=self.database,
                database_url=database_url(settings),
                house=self.house,
                connections=self.connections,
                bus=self._bus,
                desk=self.watch,
                loop=self.loop_lag,
                outbox=self.outbox,
                incidents=self.notices.incidents,
                judged_links=self.reviewer.links,
                texts_held=self.reviewer.stopped_by_kind,
                alerts=self.rights.alerts.raised,
                data_dir=settings.data_dir,
                vault=self.vault,
            )
        )
        self.health = Health(self._storage_ready, lambda: self._bus.hears, self.metrics, documents)
        self.web = new_application()
        if self._tracing is not None:
            self._tracing.watch_front(door, self.web)
        self.front.add_routes(self.web)
        self.health.mount(self.web)
        SecurityTxt(settings.security_contact, settings.public_url, self.clock).mount(self.web)
        gate, check = self.sign_in.gate.of_request, self.sign_in.step_ups.check
        routes = Routes(gate, check, settings.trusted_hops, self.rights.watch)
        rooms = (
            *self.sign_in.rooms,
            ConversationsApi(desk.log, desk.line),
            AttachmentsApi(self.attachments),
            *self.counter.asked,
            TopicsApi(self.database),
            *self.rights.apis,
            EvidenceApi(desk.log, Packer(self.database, self.clock, self.signer)),
            MailApi(desk.log, self.outbox, mail_limits(settings.rate_factor), offered=self._post is not None),
            HeldApi(self.reviewer),
            ProofApi(desk.log, derived_key(self.keys.secret_key, "proof")),
        )
        for spec, handler in bound_routes(rooms):
            routes.mount(self.web, spec, handler)
        ancestors = " ".join(["'self'", *sorted(listed_origins(settings.allowed_origins))])
        self.pages = Pages(find_pages(), ancestors)

    async def _storage_ready(self) -> bool:
        return await self.database.ping() and self.vault.ready

    async def _delete_bytes(self) -> None:
        """What the database no longer names is gone from disks, too."""
        await self.attachments.sweep()
        await forget_removed(self.database)
        await self.database.scrub()

    def allow(self, origins: frozenset[str]) -> None:
        """Let pages of these origins connect; known once the port is."""
        self._allowed = origins

    async def run(self) -> None:
        """The tasks behind the product, until cancelled."""
        desk = self.desk
        await together(
            self._bus.run(),
            self._ledger.run(),
            self._sockets.run(),
            self.hub.run(),
            desk.pairing.run(),
            desk.positions.run(),
            desk.sweep.run(),
            self.counter.board.run(),
            self.indexer.run(),
            self.rights.run(),
            Resealer(self.database).run(),
            seal_accounts(self.database),
            self.outbox.run(),
            self.loop_lag.run(),
            repeat("figures", self.watch.look, figures.EVERY_S),
            repeat("memory", free_memory.give_back, free_memory.EVERY_S),
            repeat("attachments", self.attachments.sweep, TIDY_EVERY_S),
            repeat("held_texts", self.reviewer.sweep, HELD_EVERY_S),
            repeat("revocation", self._close_revoked, REVOKE_EVERY_S),
            repeat("roots", self.signer.look, LOOK_FOR_ROOTS_S, DatabaseError),
            repeat("keys", lambda: self.vault.look(self.database), LOOK_EVERY_S, DatabaseError),
        )

    async def run_with(self, common: SharedClock, reference: Reference) -> None:
        """The same, and keep the common time; while it is not sure, nobody loses anything by the clock."""
        self.desk.sweep.may_judge = common.is_settled
        common.stepped = lambda whose, ms: self.trail.later(SYSTEM, Act("clock_set", fields={"whose": whose, "ms": ms}))
        await together(self.run(), common.run(reference))

    async def _close_revoked(self) -> None:
        """Disabled staff, and those who have signed out, are out within 5 s on every process."""
        for identity in await self.sign_in.staff.revoked(self.connections.identities()):
            for connection in self.connections.of(identity):
                connection.close("revoked")
        signed_in = {one: one.session.family for one in self.connections if one.session and one.session.family}
        ended = await self.sign_in.staff.signed_out(signed_in.values())
        for connection, family in signed_in.items():
            if family in ended:
                connection.close("signed_out")

    async def drain(self) -> None:
        """Stop taking work, send every socket elsewhere, finish what runs."""
        self.health.serving = False
        await self.front.drain()


def _limits(settings: Settings) -> Limits:
    return Limits(
        ping_interval_s=settings.ping_interval_s,
        ping_timeout_s=settings.ping_timeout_s,
        rate_factor=settings.rate_factor,
        caps=Caps(sockets=settings.sockets, per_address=settings.sockets_per_address),
    )


@asynccontextmanager
async def build(settings: Settings, clock: Clock | None = None, tracing: "Tracing | None" = None) -> AsyncIterator[App]:
    """The product, ready to serve; embedded parts are started and stopped with it."""
    async with AsyncExitStack() as stack:
        tracing = tracing or tracing_of(settings)
        if tracing is not None:
            stack.push_async_callback(asyncio.to_thread, tracing.close)
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = load_keys(settings)
        redis_url = settings.redis_url
        if not redis_url:
            redis_url = (await stack.enter_async_context(EmbeddedRedis(settings.data_dir))).url
        url = database_url(settings)
        if not settings.database_url:
            await asyncio.to_thread(migrate, url)
        vault = vault_for(settings, keys)
        database = await stack.enter_async_context(open_database(url, vault))
        await begin(vault, database)
        redis = redis_client(redis_url)
        stack.push_async_callback(redis.aclose)
        if tracing is not None:
            tracing.watch_storage(database, redis)
        common, reference = SharedClock(), reference_of(database, redis)
        if clock is None:
            await attempt("clock", lambda: common.look(reference), RedisError)
        app = App(settings, database, redis, keys, vault, clock=clock or common, tracing=tracing)
        app.running = asyncio.create_task(app.run() if clock is not None else app.run_with(common, reference))
        stack.push_async_callback(_stop, app, app.running)
        yield app


async def _stop(app: App, running: "asyncio.Task[None]") -> None:
    await end_all([running])
    # What follows from the last commits uses storage and Redis, which are closed next.
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_S):
            await app.desk.follower.all_settled()
            await attempt("audit", app.trail.settle)
            await attempt("audit_anchor", app.rights.anchors.drop)
    if not running.cancelled() and (error := running.exception()) is not None:
        raise error

// Generated from the server's own types by `python -m chatserver.gen`; changes belong there.
/* eslint-disable */
export const PROTOCOL = 1;

export type Thread = "public" | "internal";

export type Status = "bot" | "waiting" | "offered" | "active" | "closed";

export type PresenceStatus = "available" | "away" | "offline";

export type Role = "user" | "agent" | "supervisor" | "admin" | "auditor";

/** What a refusal can mean, with its HTTP status. */
export interface ErrorCodes {
  /** Unknown command or wrong shape; `field` says where. The same again will not do. */
  invalid: 400;
  /** Who this is could not be established, or no longer. Sign in again. */
  unauthenticated: 401;
  /** This role, identity or origin may not do this, whatever the state. */
  forbidden: 403;
  /** There is no such thing, or it is not yours to see; the two are told apart by nobody. */
  not_found: 404;
  /** The present state forbids it. Look at the state again before trying anything else. */
  conflict: 409;
  /** The conversation has ended. Start a new one, or have an agent reopen it. */
  closed: 409;
  /** An agent writes in a conversation that is not, or no longer, theirs; nothing was sent. */
  not_assigned: 409;
  /** All slots of the agent are taken. Close or hand off a conversation first. */
  capacity: 409;
  /** The offer is not, or no longer, the present one to this agent. */
  offer_expired: 409;
  /** A text is longer than its limit, or a body or file is too big. */
  too_large: 413;
  /** The client speaks a version of the protocol that this server does not. */
  upgrade_required: 426;
  /** Too many in too short a time; always with `retry_after_ms`. */
  rate_limited: 429;
  /** It could not be made durable, so it did not happen. Send the same again, with the same key. */
  storage: 503;
  /** Nothing was decided in time, or the server is about to stop. Send the same again, with the same key. */
  retry: 503;
}

export type ErrorCode = keyof ErrorCodes;

export const ERROR_STATUS: ErrorCodes = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  closed: 409,
  not_assigned: 409,
  capacity: 409,
  offer_expired: 409,
  too_large: 413,
  upgrade_required: 426,
  rate_limited: 429,
  storage: 503,
  retry: 503,
};

/**
 * What CONNECT carries: who one is, and how that is proved.
 * A user comes with a `token` signed by the host app, with the `visitor` key of an earlier `welcome`, or with
 * neither as a new visitor; staff come with the access token from sign-in.
 */
export interface ConnectAuth {
  as: "user" | "agent";
  token?: string;
  visitor?: string;
  locale?: string;
  protocol?: number;
}

/**
 * Open a conversation, or go on with the open one.
 * With `want_agent` it waits for an agent at once; else the bot answers first.
 */
export interface StartConversation {
  /** Chosen by the sender, unique per sender and conversation for ever. */
  key: string;
  topic?: string;
  /** 1–4,000 code points. */
  text?: string;
  skill?: string;
  attributes?: Record<string, string>;
  /** Default false. */
  want_agent?: boolean;
}

/** Write a message to the other party. Acknowledged once it is durable. */
export interface SendMessage {
  /** Opaque id. */
  conversation: string;
  /** Chosen by the sender, unique per sender and conversation for ever. */
  key: string;
  /** Up to 4,000 code points. */
  text: string;
  attachments?: string[];
  /** Opaque id. */
  reply_to?: string;
}

/** Leave a note that only agents can read. */
export interface AddNote {
  /** Opaque id. */
  conversation: string;
  /** Chosen by the sender, unique per sender and conversation for ever. */
  key: string;
  /** Up to 4,000 code points. */
  text: string;
  attachments?: string[];
}

/** Leave a note for the agent who serves the conversation; a supervisor need not join for it. */
export interface Whisper {
  /** Opaque id. */
  conversation: string;
  /** Chosen by the sender, unique per sender and conversation for ever. */
  key: string;
  /** Up to 4,000 code points. */
  text: string;
}

/** Read a page of a thread: the events after a sequence number, in order. */
export interface Sync {
  /** Opaque id. */
  conversation: string;
  /** Default "public". */
  thread?: Thread;
  after: number;
  /** Default 200. */
  limit?: number;
}

/** Tell that everything up to a sequence number of the public thread has been seen. */
export interface MarkRead {
  /** Opaque id. */
  conversation: string;
  seq: number;
}

/** Tell that everything up to a sequence number of the public thread has arrived on a device. */
export interface MarkDelivered {
  /** Opaque id. */
  conversation: string;
  seq: number;
}

/** Tell that one is typing or has stopped; `draft` is shown to agents only. */
export interface Typing {
  /** Opaque id. */
  conversation: string;
  on: boolean;
  /** Up to 4,000 code points. */
  draft?: string;
}

/** End the conversation. */
export interface CloseConversation {
  /** Opaque id. */
  conversation: string;
  disposition?: string;
}

/** Judge the service after the conversation was closed; again replaces. */
export interface RateConversation {
  /** Opaque id. */
  conversation: string;
  score: number;
  solved?: boolean;
  attitude?: number;
  professionalism?: number;
  /** Up to 4,000 code points. */
  comment?: string;
}

/** Ask for a person; asking twice never queues twice. */
export interface RequestAgent {
  /** Opaque id. */
  conversation: string;
  reason?: string;
}

/** Leave the queue; the bot has the conversation again. */
export interface CancelWaiting {
  /** Opaque id. */
  conversation: string;
}

/** Take a conversation that is offered to oneself. */
export interface AcceptOffer {
  /** Opaque id. */
  conversation: string;
  /** The epoch that the offer named. */
  epoch: number;
}

/** Refuse a conversation that is offered to oneself; it goes to somebody else. */
export interface DeclineOffer {
  /** Opaque id. */
  conversation: string;
  /** The epoch that the offer named. */
  epoch: number;
}

/** Give the conversation to the other tier, where it waits with its place kept. */
export interface HandOff {
  /** Opaque id. */
  conversation: string;
  /** Support tier, 1 or 2. */
  to_tier: number;
  reason: string;
  /** Up to 4,000 code points. */
  note?: string;
}

/** Take a conversation back that one has handed off and nobody serves yet. */
export interface TakeBack {
  /** Opaque id. */
  conversation: string;
}

/** Give the conversation to one agent (who may refuse; then it returns) or to a skill. */
export interface Transfer {
  /** Opaque id. */
  conversation: string;
  /** Opaque id. */
  to_agent?: string;
  to_skill?: string;
  /** Up to 4,000 code points. */
  note?: string;
}

/** Take part in a conversation beside its agent. */
export interface JoinConversation {
  /** Opaque id. */
  conversation: string;
  reason: string;
}

/** Stop taking part. */
export interface LeaveConversation {
  /** Opaque id. */
  conversation: string;
}

/** Go on with a conversation that was closed less than 24 hours ago. */
export interface ReopenConversation {
  /** Opaque id. */
  conversation: string;
}

/** Say whether one takes conversations, at most how many at a time, and why one is away. */
export interface SetPresence {
  status: PresenceStatus;
  capacity?: number;
  reason?: string;
}

/** Say that one is done with what was closed, and take conversations again. */
export type FinishWrapUp = Record<string, never>;

/** Ask a colleague for advice, or whoever of the other tier comes first. */
export interface AskConsult {
  /** Opaque id. */
  conversation: string;
  /** Chosen by the sender, unique per sender and conversation for ever. */
  key: string;
  /** Up to 4,000 code points. */
  text: string;
  /** Opaque id. */
  to_agent?: string;
}

/** Give advice: read the conversation and leave notes in it. */
export interface JoinConsult {
  /** Opaque id. */
  conversation: string;
}

/** Give advice no longer. */
export interface LeaveConsult {
  /** Opaque id. */
  conversation: string;
}

/** Ask to be called between two instants, instead of waiting; again replaces. */
export interface RequestCallback {
  /** Opaque id. */
  conversation: string;
  /** With or without country code. */
  phone: string;
  /** Milliseconds since 1970. */
  from: number;
  /** Milliseconds since 1970. */
  until: number;
  note?: string;
}

/** Do not be called after all. */
export interface CancelCallback {
  /** Opaque id. */
  conversation: string;
}

/** Say that one is about to call; tells the number. */
export interface ClaimCallback {
  /** Opaque id. */
  callback: string;
}

/** Leave a call to somebody else. */
export interface ReleaseCallback {
  /** Opaque id. */
  callback: string;
}

/** Say what came of a call; with `again_from` and `again_until` there will be another try. */
export interface FinishCallback {
  /** Opaque id. */
  callback: string;
  outcome: "reached" | "no_answer" | "wrong_number";
  note?: string;
  /** Milliseconds since 1970. */
  again_from?: number;
  /** Milliseconds since 1970. */
  again_until?: number;
}

/** Leave what was written, and perhaps one more `text`, for the next agent; one need not stay for the answer. */
export interface LeaveMessage {
  /** Opaque id. */
  conversation: string;
  /** Chosen by the sender, unique per sender and conversation for ever. */
  key?: string;
  /** Up to 4,000 code points. */
  text?: string;
}

/** Do the actions of a macro in a conversation; the same key again does none of them twice. */
export interface RunMacro {
  /** Opaque id. */
  conversation: string;
  /** Chosen by the sender; each action takes it with its number as its own key. */
  key: string;
  /** Opaque id. */
  macro: string;
}

/** Say which tags a conversation has from now on; after its end whoever had it may still do so. */
export interface SetTags {
  /** Opaque id. */
  conversation: string;
  tags: string[];
}

/** Be told everything that happens in a conversation, without taking part and without anybody learning of it. */
export interface WatchConversation {
  /** Opaque id. */
  conversation: string;
  reason: string;
}

/** Be told no more. */
export interface UnwatchConversation {
  /** Opaque id. */
  conversation: string;
}

/** Give a conversation to an agent at once, or let it wait for a skill, or for whoever comes. */
export interface Reassign {
  /** Opaque id. */
  conversation: string;
  reason: string;
  /** Opaque id. */
  to_agent?: string;
  to_skill?: string;
}

/** End a conversation that is somebody else's. */
export interface ForceClose {
  /** Opaque id. */
  conversation: string;
  reason: string;
  disposition?: string;
}

/** Let a conversation come sooner or later: a step of priority is worth five minutes of waiting. */
export interface MoveInQueue {
  /** Opaque id. */
  conversation: string;
  priority: number;
  reason: string;
}

/** Let nothing new come to an agent; with `requeue` what they serve waits in front for others. */
export interface ForceOffline {
  /** Opaque id. */
  agent: string;
  reason: string;
  /** Default false. */
  requeue?: boolean;
}

/** Say that one has a conversation before one's eyes, again every 30 s, or no longer. */
export interface Viewing {
  /** Opaque id. */
  conversation: string;
  on: boolean;
}

/** Go on with this connection on a newer token of the same person. */
export interface Renew {
  token: string;
}

/** A route without query parameters. */
export type NoQuery = Record<string, never>;

/** Sign in by password; `code` once a second factor is enrolled. */
export interface SignIn {
  email: string;
  password: string;
  code?: string;
}

/** Exchange a refresh token, once, for new tokens. */
export interface Refresh {
  refresh_token: string;
}

/** End the sign-in that this refresh token belongs to, with all of its tokens. */
export interface SignOut {
  refresh_token: string;
}

/** Sign in by passkey, which proves the person by itself. */
export interface PasskeySignIn {
  /** As the browser's WebAuthn API takes and gives it, in JSON. */
  credential: Record<string, unknown>;
}

/** Begin to sign in at the company's provider; `verifier_digest` is base64url(SHA-256(verifier)) without padding. */
export interface OidcBegin {
  verifier_digest: string;
}

/** What a provider sends the browser back with; others may add fields of their own, which this is not asked for. */
export interface Back {
  state: string;
  code?: string;
  error?: string;
  error_description?: string;
  iss?: string;
  session_state?: string;
}

/** The ticket from the page's address, and the verifier that never left the page. */
export interface OidcFinish {
  ticket: string;
  verifier: string;
}

/** The first code that the app shows. */
export interface ConfirmCode {
  /** Six digits of the app, or a recovery code. */
  code: string;
}

/** A passkey that the browser made, and what its owner calls it. */
export interface NewPasskey {
  name: string;
  /** As the browser's WebAuthn API takes and gives it, in JSON. */
  credential: Record<string, unknown>;
}

/** Prove oneself again for one action: by code, by passkey, or by password where there is no second factor. */
export interface StepUp {
  /** As the refusal's field names it after `step_up.`. */
  action: string;
  /** Six digits of the app, or a recovery code. */
  code?: string;
  password?: string;
  /** As the browser's WebAuthn API takes and gives it, in JSON. */
  credential?: Record<string, unknown>;
}

/** Which conversations: with all words of `query` in one message, in a status, a page at a time. */
export interface ListQuery {
  /** Words that one message holds. Default "". */
  query?: string;
  status?: Status;
  /** Conversations in a page. Default 50. */
  limit?: number;
  /** The `next` of the page before. */
  cursor?: string;
}

/** Which thread of a conversation, and as what. */
export interface TranscriptQuery {
  /** Default "json". */
  format?: "json" | "csv" | "html" | "txt";
  /** Default "public". */
  thread?: Thread;
}

/** For which thread a file is; `internal` is for agents. */
export interface Into {
  /** Default "public". */
  thread?: Thread;
}

/** The signed link, as `url` gave it. */
export interface Link {
  /** As the `url` of the attachment gave it. */
  link: string;
}

/** How far to look back. */
export interface Since {
  /** Hours back from now. Default 24. */
  hours?: number;
}

/** Which calls. */
export interface CallbackQuery {
  /** Where they stand. Default "open". */
  status?: "open" | "claimed" | "done" | "cancelled";
}

/** For whom: a tier, and a skill if one is needed. */
export interface Which {
  /** Support tier. Default 1. */
  tier?: number;
  /** Skill; empty for none. Default "". */
  skill?: string;
}

/** A page of contacts. */
export interface HistoryQuery {
  /** Contacts in a page. Default 10. */
  limit?: number;
  /** The `next` of the page before. */
  cursor?: string;
}

/**
 * A reply that agents send often.
 * `{user.name}`, `{agent.name}`, `{topic}` and the answers of the intake, by their ids, are filled in.
 */
export interface CannedReply {
  /** What is typed after a slash. */
  shortcut: string;
  title: Both;
  text: BothLong;
  topic?: string;
}

/** A short text in Chinese and in English. */
export interface Both {
  zh: string;
  en: string;
}

/** A text in Chinese and in English. */
export interface BothLong {
  /** Up to 4,000 code points. */
  zh: string;
  /** Up to 4,000 code points. */
  en: string;
}

/** Several actions with one key, done in order. */
export interface Macro {
  /** What is typed after a slash. */
  shortcut: string;
  title: Both;
  actions: (ReplyAction | TagAction | NoteAction | HandOffAction | CloseAction)[];
}

/** Send a canned reply. */
export interface ReplyAction {
  do: "reply";
  /** Opaque id. */
  reply: string;
}

/** Add a tag. */
export interface TagAction {
  do: "tag";
  /** Opaque id. */
  tag: string;
}

/** Leave a note. */
export interface NoteAction {
  do: "note";
  /** Up to 4,000 code points. */
  text: string;
}

/** Hand the conversation off. */
export interface HandOffAction {
  do: "hand_off";
  to_tier: number;
  reason: string;
}

/** Close the conversation. */
export interface CloseAction {
  do: "close";
  disposition?: string;
}

/** What a conversation can be sorted by; `colour` is a name of the design's palette. */
export interface Tag {
  name: Both;
  /** Default "grey". */
  colour?: "grey" | "blue" | "green" | "amber" | "red" | "violet";
}

/** An outcome with which a conversation is closed. */
export interface Disposition {
  name: Both;
}

/** Why an agent is away. */
export interface AwayReason {
  name: Both;
}

/** A matter that a user can choose, with the questions that fit it, and the skill it needs. */
export interface TopicItem {
  title: Both;
  /** The lower, the sooner it is shown. Default 100. */
  order?: number;
  skill?: string;
  fields?: IntakeField[];
}

/** A question before a conversation; the answer is the attribute of this id. */
export interface IntakeField {
  /** Opaque id. */
  id: string;
  label: Both;
  kind: "text" | "long" | "amount" | "time" | "order" | "choice";
  /** Default false. */
  required?: boolean;
  hint?: Both;
  options?: Option[];
}

/** One answer of a choice. */
export interface Option {
  /** Opaque id. */
  id: string;
  label: Both;
}

/** When the desk is open: all of it, or one tier, or one skill. The most special one counts. */
export interface Hours {
  /** A name such as Asia/Shanghai. */
  time_zone: string;
  tier?: number;
  skill?: string;
  week: Week;
}

/** The open parts of each day; a day without any is closed. */
export interface Week {
  mon?: Interval[];
  tue?: Interval[];
  wed?: Interval[];
  thu?: Interval[];
  fri?: Interval[];
  sat?: Interval[];
  sun?: Interval[];
}

/** A part of a day in which the desk is open. */
export interface Interval {
  /** HH:MM, 24:00 at the end. */
  from: string;
  /** HH:MM, 24:00 at the end. */
  until: string;
}

/** Days on which the usual hours do not count; open only in the parts of `open`, if there are any. */
export interface Holiday {
  name: Both;
  /** YYYY-MM-DD in the time zone of the hours. */
  from: string;
  /** YYYY-MM-DD in the time zone of the hours. */
  until: string;
  open?: Interval[];
}

/** A text of the desk that users see; without one the page has its own words. */
export interface DeskText {
  text: BothLong;
}

/** What some agents can do and some conversations need; the id stands in the accounts of agents. */
export interface Skill {
  name: Both;
}

/**
 * How the desk routes: `wrap_up_s` after a close, whether a close needs an outcome, and what idle ones become.
 * A user who does not answer an agent is asked after `remind_after_s`; the conversation is laid aside
 * `park_after_s` or closed `close_after_s` after the agent's last words. `close_bot_after_s` closes what nobody
 * but the bot has.
 */
export interface Routing {
  /** Seconds; 0 switches it off. Default 0. */
  wrap_up_s?: number;
  /** Default false. */
  disposition_required?: boolean;
  /** Seconds; 0 switches it off. Default 0. */
  remind_after_s?: number;
  /** Seconds; 0 switches it off. Default 0. */
  park_after_s?: number;
  /** Seconds; 0 switches it off. Default 0. */
  close_after_s?: number;
  /** Seconds; 0 switches it off. Default 0. */
  close_bot_after_s?: number;
}

/**
 * A line of the file that `agent import` reads; also what `agent add` is told.
 * `capacity` is conversations at a time, else the configured one; `password` is the bare one.
 */
export interface Newcomer {
  email: string;
  name: string;
  tier: 1 | 2;
  /** Default "agent". */
  role?: "agent" | "supervisor" | "admin" | "auditor";
  capacity?: number;
  skills?: string[];
  password: string;
}

/** What an account is from now on; what is left out stays. */
export interface ChangeAccount {
  name?: string;
  role?: "agent" | "supervisor" | "admin" | "auditor";
  tier?: 1 | 2;
  capacity?: number;
  skills?: string[];
  disabled?: boolean;
}

/** Which rows: all that fit every one given; `since` and `until` are milliseconds since 1970. */
export interface AuditQuery {
  /** Who: `agent:ID`, `operator:NAME`, `system` … Default "". */
  actor?: string;
  /** A command, a route, or a word as rows have it. Default "". */
  action?: string;
  /** To what: `conversation:ID`, `user:ID` … Default "". */
  object?: string;
  /** `done`, or the code of a refusal. Default "". */
  outcome?: string;
  since?: number;
  until?: number;
  /** Rows in a page. Default 50. */
  limit?: number;
  /** The `next` of the page before. */
  cursor?: number;
}

/** From which row on. */
export interface ExportQuery {
  /** The last number of the file before. Default 0. */
  after?: number;
}

/** Why a pack is wanted, and what the wallet says about the transactions of the case. */
export interface EvidenceAsked {
  /** Why it is wanted; it stands in the pack. */
  reason: string;
  /** Transaction data of the case, as it is. */
  transactions?: (Record<string, unknown>)[];
}

/** A page of roots. */
export interface RootsQuery {
  /** Number of the last root that is known. Default 0. */
  after?: number;
  /** Roots in a page. Default 50. */
  limit?: number;
}

/** Where to send what was said. */
export interface MailTranscript {
  /** One e-mail address. */
  email: string;
}

/** Ask for something that takes two persons; `object` is `user:ID` or `conversation:ID`, as the kind needs. */
export interface AskApproval {
  kind: "break_glass" | "unmask_user" | "export_user" | "export_many" | "erase_user";
  reason: string;
  /** Default "". */
  object?: string;
}

/** Which approvals: those in a status, or all of the last days. */
export interface ApprovalQuery {
  status?: "pending" | "approved" | "refused" | "used" | "expired";
  /** Default 50. */
  limit?: number;
}

/** What the second person says. */
export interface DecideApproval {
  approve: boolean;
}

/** Which alerts: those that nobody has seen yet, or all. */
export interface AlertQuery {
  /** Default false. */
  open?: boolean;
  /** Default 50. */
  limit?: number;
}

/** Nothing beside who does it. */
export type Acknowledged = Record<string, never>;

/** Show one field in clear for ten minutes; `conversation` is the one that needs it, `reason` says why. */
export interface RevealField {
  /** `name`, `email`, `phone`, `wallet` or `attribute.NAME`. */
  field: string;
  reason: string;
  /** Opaque id. */
  conversation: string;
}

/** Show all fields in clear for ten minutes; `approval` is one of kind `unmask_user` for this user. */
export interface UnmaskUser {
  /** Opaque id. */
  approval: string;
}

/** Why a text must not go out; the author is told that it was rejected. */
export interface Rejection {
  /** In words, for the audit log. Default "asks for what support never asks". */
  reason?: string;
}

/** What somebody was told. */
export interface Said {
  /** A phrase or the code of an agent. Default "". */
  said?: string;
}

/** Do what somebody else has approved; `approval` is its id. */
export interface WithApproval {
  /** Opaque id. */
  approval: string;
}

/** The next conversations of an approved export; `after` is the `next` of the page before. */
export interface ExportMany {
  /** Opaque id. */
  approval: string;
  /** Default 0. */
  after?: number;
}

/** Let nothing of a user or conversation be deleted; `object` is `user:ID` or `conversation:ID`. */
export interface PlaceHold {
  object: string;
  reason: string;
}

/** Let it be deleted again. */
export interface LiftHold {
  reason: string;
}

/**
 * Why something was refused.
 * `message` tells a person what to do next, `field` names the input at fault, `retry_after_ms` says when the
 * same request may succeed.
 */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  field?: string;
  retry_after_ms?: number;
}

/**
 * What every durable event carries.
 * `seq` counts from 1 without a gap within one thread of one conversation; `at` is the server's time in
 * milliseconds since 1970.
 */
export interface Envelope {
  /** Opaque id of the event. */
  id: string;
  /** Id of the conversation. */
  conversation: string;
  thread: Thread;
  /** Number within the thread, from 1 without a gap. */
  seq: number;
  /** Server time, milliseconds since 1970. */
  at: number;
  by: By;
}

/** Who did it; `id` is null for `system` and `bot`. */
export interface By {
  role: "user" | "agent" | "bot" | "system";
  id: string | null;
  name: string;
}

/** The conversation that was opened or found; `duplicate` if the key had been used before. */
export interface Started {
  conversation: Conversation;
  duplicate: boolean;
}

/**
 * A conversation as one reader sees it now.
 * `epoch` counts changes of ownership, `position` is from 1 while it waits, `topic` is empty when none was
 * chosen. `parked`: nobody expects an answer at once. For agents only: `tags`, `skill` (empty when none is asked
 * for), `priority`, `queued_at` (the first time), and when each side wrote last.
 */
export interface Conversation {
  id: string;
  status: Status;
  tier: number;
  epoch: number;
  topic: string;
  agent?: AgentInfo;
  position?: number | null;
  heads: Heads;
  marks?: Marks;
  parked?: boolean;
  tags?: string[];
  skill?: string;
  priority?: number;
  queued_at?: number;
  user_wrote_at?: number;
  agent_wrote_at?: number;
}

/** An agent as others see them. */
export interface AgentInfo {
  id: string;
  name: string;
  tier: number;
}

/** The highest sequence number of each thread; `internal` is absent for users. */
export interface Heads {
  public: number;
  internal?: number;
}

/** How far each side has got and read the public thread: sequence numbers. */
export interface Marks {
  user_delivered: number;
  user_read: number;
  agent_delivered: number;
  agent_read: number;
}

/** Where the message stands in the log; the same again for the same key, as `duplicate`. */
export interface Posted {
  id: string;
  seq: number;
  at: number;
  duplicate: boolean;
}

/** `events` in order, `last` the head of the thread, `more` if the page does not reach it. */
export interface SyncPage {
  events: DurableEvent[];
  last: number;
  more: boolean;
}

/** Done; there is nothing to tell. */
export type Nothing = Record<string, never>;

/** Where the conversation stands; `position` is null unless it waits. */
export interface QueueState {
  status: Status;
  position: number | null;
}

/** The status after the command. */
export interface StatusResult {
  status: Status;
}

/** The conversation as it stands now. */
export interface ConversationResult {
  conversation: Conversation;
}

/** The status after the handoff and the tier the conversation belongs to now. */
export interface HandOffResult {
  status: Status;
  tier: number;
}

/**
 * An agent's state; `active` counts offered and active conversations.
 * Until `wrap_up_until` nothing new comes, so that what was closed can be finished.
 */
export interface PresenceState {
  status: PresenceStatus;
  capacity: number;
  active: number;
  reason?: string;
  wrap_up_until?: number;
}

/** The call as it stands now. */
export interface CallbackResult {
  callback: Callback;
}

/** A call that somebody wants: when, and how far it has come. `phone` is told to whoever has claimed it. */
export interface Callback {
  id: string;
  conversation: string;
  user: CallbackUser;
  topic: string;
  from: number;
  until: number;
  status: "open" | "claimed" | "done" | "cancelled";
  phone_hint: string;
  attempts: number;
  agent?: AgentInfo;
  note?: string;
  outcome?: string;
  phone?: string;
}

/** Who is to be called. */
export interface CallbackUser {
  id: string;
  name: string;
}

/** How many actions `of` all were `done`. */
export interface MacroResult {
  done: number;
  of: number;
  error?: MacroError;
}

/** Why an action was refused; those after it were not tried. */
export interface MacroError {
  code: string;
  message: string;
}

/** The tags that the conversation has now. */
export interface TagsResult {
  tags: string[];
}

/** Who else has the conversation before their eyes. */
export interface Viewers {
  viewers: AgentInfo[];
}

/** The connection is good for this many seconds more. */
export interface Renewed {
  expires_in: number;
}

/** The tokens of a sign-in; `expires_in` is the access token's life in seconds. */
export interface SignedIn {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  agent: Profile;
}

/** One's own account; `must_enrol`: nothing else can be done before a second factor is set up. */
export interface Profile {
  id: string;
  name: string;
  email: string;
  role: "agent" | "supervisor" | "admin" | "auditor";
  tier: number;
  skills: string[];
  must_enrol: boolean;
}

/** The sign-in has ended. */
export type SignedOut = Record<string, never>;

/** What to hand to the browser: `publicKey` of `navigator.credentials`. */
export interface Asked {
  /** As the browser's WebAuthn API takes and gives it, in JSON. */
  options: Record<string, unknown>;
}

/** How one may sign in here; `provider` names the company's own, if it is set up. */
export interface SignInWays {
  password: boolean;
  passkey: boolean;
  provider: string | null;
}

/** Where to send the browser. */
export interface OidcBegun {
  url: string;
}

/** How one's own account is protected, and where it is signed in. */
export interface Security {
  authenticator: boolean;
  recovery_codes_left: number;
  passkeys: Passkey[];
  sign_ins: SignInShown[];
}

/** One passkey of one's own; instants are milliseconds since 1970. */
export interface Passkey {
  id: string;
  name: string;
  made_at: number;
  used_at?: number;
}

/** One sign-in: since when, from where, when last renewed; `current` is the one that asks. */
export interface SignInShown {
  id: string;
  started_at: number;
  seen_at: number;
  expires_at: number;
  device: string;
  address: string;
  current: boolean;
}

/** What an authenticator app needs: the secret to type, the link, and its picture as rows of `0` and `1`. */
export interface Enrolling {
  secret: string;
  uri: string;
  picture: string[];
}

/** Recovery codes, told this once; empty when there are some already. */
export interface Enrolled {
  recovery_codes: string[];
}

/** The sign-ins of an account that have not ended, newest first. */
export interface SignIns {
  sign_ins: SignInShown[];
}

/** The action may be done for this many seconds. */
export interface SteppedUp {
  expires_in: number;
}

/**
 * A page of conversations, newest first; `next` is the cursor of the next page if there may be one.
 * A search for frequent words may end a page early, even empty, and goes on with `next`.
 */
export interface ConversationList {
  conversations: ListedConversation[];
  next?: string;
}

/** A conversation in a list; `started_at` is milliseconds since 1970. */
export interface ListedConversation {
  id: string;
  status: Status;
  tier: number;
  epoch: number;
  topic: string;
  agent?: AgentInfo;
  position?: number | null;
  heads: Heads;
  marks?: Marks;
  parked?: boolean;
  tags?: string[];
  skill?: string;
  priority?: number;
  queued_at?: number;
  user_wrote_at?: number;
  agent_wrote_at?: number;
  user: UserInfo;
  started_at: number;
}

/** The user of a conversation; agents see no more of the name than they need to address somebody. */
export interface UserInfo {
  id: string;
  name: string;
}

/**
 * A conversation and the events of one of its threads, each as `sync` gives it.
 * This is the format `json`; the others are files to save.
 */
export interface Transcript {
  conversation: Conversation;
  events: DurableEvent[];
}

/** A file and where this person, and nobody else, fetches its bytes within a minute. */
export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
  url: string;
}

/** All agents who may serve conversations. */
export interface AgentList {
  agents: AgentRow[];
}

/** An agent and their state now; `active` counts offered and active conversations. */
export interface AgentRow {
  id: string;
  name: string;
  tier: number;
  skills: string[];
  status: PresenceStatus;
  active: number;
  capacity: number;
}

/** The way of one conversation, in order. */
export interface DecisionList {
  decisions: Decision[];
}

/**
 * One step of a conversation's way.
 * `action`: `queued`, `assigned`, `offered`, `returned`, `missed`, `declined`, `no_reply`, `gone`, `handed_off`,
 * `taken_back`, `transferred`, `reopened`, `left`. `waited_ms` since it was first queued; `estimate_s` is the
 * wait that the user was told.
 */
export interface Decision {
  at: number;
  action: string;
  tier: number;
  skill: string;
  reason: string;
  agent?: string;
  position?: number;
  waited_ms?: number;
  estimate_s?: [number, number];
}

/** Every lane in which somebody waits. */
export interface LaneList {
  lanes: Lane[];
}

/** How many wait for a tier and skill; `skill` is empty for the general lane. */
export interface Lane {
  tier: number;
  skill: string;
  waiting: number;
}

/**
 * How good the expected waits were: `told` of them came true within `within` their range.
 * `early` waits were shorter than the range, `late` ones longer; `mean_error_s` is the mean distance of the
 * actual wait to the middle of the range.
 */
export interface EstimateRecord {
  told: number;
  within: number;
  early: number;
  late: number;
  mean_error_s: number;
}

/** The questions that one may answer, the oldest first. */
export interface ConsultList {
  consults: Consult[];
}

/** A question that nobody has answered yet: of whom, for which tier, and for whom if one is named. */
export interface Consult {
  conversation: string;
  by: AgentInfo;
  text: string;
  tier: number;
  asked_at: number;
  agent?: string;
}

/** Calls in the order in which they are due. */
export interface CallbackList {
  callbacks: Callback[];
}

/**
 * Whether the desk takes conversations now; instants are ms since 1970.
 * `agents` take conversations at this moment, `waiting` are before whoever comes now, and `estimate_s` is how
 * long that takes, as `[low, high]` in seconds, null while too little is known.
 */
export interface Availability {
  open: boolean;
  agents: number;
  waiting: number;
  estimate_s: [number, number] | null;
  alternatives: ("message" | "callback")[];
  opens_at?: number;
  closes_at?: number;
}

/** The canned replies for one conversation; those of its topic come first. */
export interface ReplyList {
  replies: FilledReply[];
}

/** A canned reply in the user's language; `missing` names the variables that nobody has answered. */
export interface FilledReply {
  id: string;
  shortcut: string;
  title: string;
  text: string;
  missing: string[];
}

/**
 * What stands beside a conversation; `attributes` are what the page and the intake have told.
 * Agents see the device, and the answers to the topic's own questions while they serve the conversation;
 * everything else is `***`, and is revealed for a reason.
 */
export interface Contact {
  user: ContactUser;
  topic: string;
  attributes: Record<string, string>;
  tags: string[];
  started_at: number;
  queued_at?: number;
}

/** A user as agents see them; `kind` says whether the host app vouches for who it is. */
export interface ContactUser {
  id: string;
  name: string;
  kind: "signed" | "visitor";
  locale: string;
  vip: boolean;
}

/** A user and their contacts, newest first; `next` is the cursor of the next page if there is one. */
export interface History {
  user: ContactUser;
  contacts: PastContact[];
  next?: string;
}

/** An earlier conversation: what it was about, who served it, how it ended, and what the user thought of it. */
export interface PastContact {
  id: string;
  topic: string;
  status: Status;
  started_at: number;
  tags: string[];
  closed_at?: number;
  disposition?: string;
  agent?: AgentInfo;
  score?: number;
  solved?: boolean;
  first_text?: string;
}

/** The desk as it is at `at`: the queue, the agents, and today. */
export interface Board {
  at: number;
  lanes: BoardLane[];
  waiting: BoardWaiting[];
  agents: BoardAgent[];
  today: BoardToday;
}

/** Those who wait for a tier and skill, and since when the first of them. */
export interface BoardLane {
  tier: number;
  skill: string;
  waiting: number;
  oldest_at: number | null;
}

/** Somebody who waits. */
export interface BoardWaiting {
  conversation: string;
  user: Person;
  topic: string;
  tier: number;
  skill: string;
  priority: number;
  queued_at: number;
  parked: boolean;
}

/** A user, as far as a board says it. */
export interface Person {
  id: string;
  name: string;
}

/** An agent, their state and what they serve. */
export interface BoardAgent {
  id: string;
  name: string;
  tier: number;
  skills: string[];
  status: PresenceStatus;
  active: number;
  capacity: number;
  conversations: BoardConversation[];
  reason?: string;
  wrap_up_until?: number;
}

/** What an agent serves, and when each side wrote last. */
export interface BoardConversation {
  id: string;
  user: Person;
  topic: string;
  assigned_at: number;
  user_wrote_at?: number;
  agent_wrote_at?: number;
}

/** Today so far, and each hour of it. */
export interface BoardToday {
  at: number;
  started: number;
  closed: number;
  abandoned: number;
  rated: number;
  score: number | null;
  wait_s: number | null;
  first_reply_s: number | null;
  hours: BoardFigures[];
}

/**
 * Counts and means of a while that begins at `at`; null where there was nothing to measure.
 * `abandoned` left the queue before an agent had them, `wait_s` is until an agent had them, `first_reply_s` from
 * being queued to the first answer, `score` of what was rated.
 */
export interface BoardFigures {
  at: number;
  started: number;
  closed: number;
  abandoned: number;
  rated: number;
  score: number | null;
  wait_s: number | null;
  first_reply_s: number | null;
}

/** Everything of this kind, by id. */
export interface ShownCannedReplyList {
  items: ShownCannedReply[];
}

/** A reply that agents send often. With its id. */
export interface ShownCannedReply {
  /** What is typed after a slash. */
  shortcut: string;
  title: Both;
  text: BothLong;
  topic?: string;
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownMacroList {
  items: ShownMacro[];
}

/** Several actions with one key, done in order. With its id. */
export interface ShownMacro {
  /** What is typed after a slash. */
  shortcut: string;
  title: Both;
  actions: (ReplyAction | TagAction | NoteAction | HandOffAction | CloseAction)[];
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownTagList {
  items: ShownTag[];
}

/** What a conversation can be sorted by; `colour` is a name of the design's palette. With its id. */
export interface ShownTag {
  name: Both;
  /** Default "grey". */
  colour?: "grey" | "blue" | "green" | "amber" | "red" | "violet";
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownDispositionList {
  items: ShownDisposition[];
}

/** An outcome with which a conversation is closed. With its id. */
export interface ShownDisposition {
  name: Both;
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownAwayReasonList {
  items: ShownAwayReason[];
}

/** Why an agent is away. With its id. */
export interface ShownAwayReason {
  name: Both;
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownSkillList {
  items: ShownSkill[];
}

/** What some agents can do and some conversations need; the id stands in the accounts of agents. With its id. */
export interface ShownSkill {
  name: Both;
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownDeskTextList {
  items: ShownDeskText[];
}

/** A text of the desk that users see; without one the page has its own words. With its id. */
export interface ShownDeskText {
  text: BothLong;
  /** Opaque id. */
  id: string;
}

/** Everything of this kind, by id. */
export interface ShownRoutingList {
  items: ShownRouting[];
}

/**
 * How the desk routes: `wrap_up_s` after a close, whether a close needs an outcome, and what idle ones become.
 * With its id.
 */
export interface ShownRouting {
  /** Seconds; 0 switches it off. Default 0. */
  wrap_up_s?: number;
  /** Default false. */
  disposition_required?: boolean;
  /** Seconds; 0 switches it off. Default 0. */
  remind_after_s?: number;
  /** Seconds; 0 switches it off. Default 0. */
  park_after_s?: number;
  /** Seconds; 0 switches it off. Default 0. */
  close_after_s?: number;
  /** Seconds; 0 switches it off. Default 0. */
  close_bot_after_s?: number;
  /** Opaque id. */
  id: string;
}

/** The topics in the order they are shown: what cannot wait comes first. */
export interface TopicList {
  topics: Topic[];
}

/**
 * A topic with its title in both languages; `id` is what `start_conversation` carries.
 * The answers to `fields` go into its `attributes`, by their ids; `skill` is the one that the matter needs.
 */
export interface Topic {
  id: string;
  zh: string;
  en: string;
  fields: IntakeField[];
  skill?: string;
}

/** All canned-replies, by id; or all versions of one, the newest first. */
export interface CannedRepliesList {
  items: KeptCannedReply[];
}

/** A version of one of the canned-replies: what it is, who made it, and when (ms since 1970). */
export interface KeptCannedReply {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: CannedReply;
}

/** All macros, by id; or all versions of one, the newest first. */
export interface MacrosList {
  items: KeptMacro[];
}

/** A version of one of the macros: what it is, who made it, and when (ms since 1970). */
export interface KeptMacro {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Macro;
}

/** All tags, by id; or all versions of one, the newest first. */
export interface TagsList {
  items: KeptTag[];
}

/** A version of one of the tags: what it is, who made it, and when (ms since 1970). */
export interface KeptTag {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Tag;
}

/** All dispositions, by id; or all versions of one, the newest first. */
export interface DispositionsList {
  items: KeptDisposition[];
}

/** A version of one of the dispositions: what it is, who made it, and when (ms since 1970). */
export interface KeptDisposition {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Disposition;
}

/** All away-reasons, by id; or all versions of one, the newest first. */
export interface AwayReasonsList {
  items: KeptAwayReason[];
}

/** A version of one of the away-reasons: what it is, who made it, and when (ms since 1970). */
export interface KeptAwayReason {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: AwayReason;
}

/** All topics, by id; or all versions of one, the newest first. */
export interface TopicsList {
  items: KeptTopicItem[];
}

/** A version of one of the topics: what it is, who made it, and when (ms since 1970). */
export interface KeptTopicItem {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: TopicItem;
}

/** All hours, by id; or all versions of one, the newest first. */
export interface HoursList {
  items: KeptHours[];
}

/** A version of one of the hours: what it is, who made it, and when (ms since 1970). */
export interface KeptHours {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Hours;
}

/** All holidays, by id; or all versions of one, the newest first. */
export interface HolidaysList {
  items: KeptHoliday[];
}

/** A version of one of the holidays: what it is, who made it, and when (ms since 1970). */
export interface KeptHoliday {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Holiday;
}

/** All texts, by id; or all versions of one, the newest first. */
export interface TextsList {
  items: KeptDeskText[];
}

/** A version of one of the texts: what it is, who made it, and when (ms since 1970). */
export interface KeptDeskText {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: DeskText;
}

/** All skills, by id; or all versions of one, the newest first. */
export interface SkillsList {
  items: KeptSkill[];
}

/** A version of one of the skills: what it is, who made it, and when (ms since 1970). */
export interface KeptSkill {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Skill;
}

/** All routing, by id; or all versions of one, the newest first. */
export interface RoutingList {
  items: KeptRouting[];
}

/** A version of one of the routing: what it is, who made it, and when (ms since 1970). */
export interface KeptRouting {
  id: string;
  version: number;
  at: number;
  by: By;
  removed: boolean;
  item: Routing;
}

/** All accounts, by name. */
export interface AgentAccounts {
  agents: AgentAccount[];
}

/** An account; a `disabled` one cannot sign in, and serves nobody. */
export interface AgentAccount {
  id: string;
  email: string;
  name: string;
  role: "agent" | "supervisor" | "admin" | "auditor";
  tier: number;
  capacity: number;
  skills: string[];
  disabled: boolean;
}

/** Rows, the newest first; `next` is the cursor of the next page if there is one. */
export interface AuditPage {
  entries: AuditEntry[];
  next?: number;
}

/** A row of the audit log; `reason` is what the actor wrote, `fields` what else is known of the act. */
export interface AuditEntry {
  number: number;
  at: number;
  actor: string;
  role: string;
  session: string;
  address: string;
  action: string;
  object: string;
  outcome: string;
  reason: string;
  fields: Record<string, unknown>;
}

/** The number and hash of the last row: to be kept elsewhere, and given to `chatserver verify`. */
export interface AuditHead {
  number: number;
  hash: string;
}

/** Every key that has ever signed, the present one last. */
export interface PublicKeys {
  keys: PublicKey[];
}

/** A key that signs roots and packs; `since` is milliseconds since 1970. */
export interface PublicKey {
  number: number;
  algorithm: string;
  /** 32 bytes, hexadecimal. */
  public_key: string;
  since: number;
}

/** Roots, oldest first. */
export interface Roots {
  roots: SignedRoot[];
}

/** A root with its signature (Ed25519) and the public key that fits it, both hexadecimal. */
export interface SignedRoot {
  root: Root;
  signature: string;
  public_key: string;
}

/** A root: `at` is milliseconds since 1970; hashes, key and signature are hexadecimal. */
export interface Root {
  number: number;
  at: number;
  leaves: number;
  root: string;
  before: string;
}

/** The mail is on its way; `id` is part of its Message-ID. The same again while it waits is the same mail. */
export interface Mailed {
  id: string;
}

/** An approval as it stands now. */
export interface ApprovalResult {
  approval: ApprovalInfo;
}

/**
 * Something that one asks for and another decides.
 * `until` is when it has to be decided, or, once approved, used (milliseconds since 1970); `same_device` warns
 * that both came from one machine.
 */
export interface ApprovalInfo {
  id: string;
  kind: "break_glass" | "unmask_user" | "export_user" | "export_many" | "erase_user";
  object: string;
  reason: string;
  status: "pending" | "approved" | "refused" | "used" | "expired";
  requested_by: Overseer;
  requested_at: number;
  until: number;
  decided_by?: Overseer;
  decided_at?: number;
  same_device: boolean;
}

/** Somebody of the staff. */
export interface Overseer {
  id: string;
  name: string;
}

/** Approvals, newest first. */
export interface ApprovalList {
  approvals: ApprovalInfo[];
}

/** Alerts, newest first. */
export interface AlertList {
  alerts: AlertInfo[];
}

/**
 * Something odd about somebody of the staff.
 * `kind`: `profiles`, `reveals`, `conversations`, `searches` (more within an hour than `bound`), `glass_broken`,
 * `same_device` (asked for and approved from one machine). `suspended` says that the account was disabled.
 */
export interface AlertInfo {
  id: string;
  at: number;
  kind: string;
  agent: Overseer;
  count: number;
  bound: number;
  suspended: boolean;
  seen_by?: Overseer;
  seen_at?: number;
}

/** An alert as it stands now. */
export interface AlertResult {
  alert: AlertInfo;
}

/** A profile, and what the screen that shows it bears. */
export interface UserProfileResult {
  user: UserProfile;
  watermark: Watermark;
}

/** A user as staff see them; `verified` says that the host app has signed who it is. */
export interface UserProfile {
  id: string;
  kind: "signed" | "visitor";
  verified: boolean;
  locale: string;
  vip: boolean;
  since: number;
  fields: ProfileField[];
}

/** A field of a profile: masked, or in clear until an instant (milliseconds since 1970). */
export interface ProfileField {
  field: string;
  value: string;
  masked: boolean;
  until?: number;
}

/** What a screen that shows somebody's data bears all over: who looks, and when. */
export interface Watermark {
  text: string;
  agent: string;
  at: number;
}

/** A field in clear, until when it is so, and what the screen bears. */
export interface Revealed {
  field: string;
  value: string;
  until: number;
  watermark: Watermark;
}

/** Texts that wait, the oldest first. */
export interface HeldList {
  held: HeldText[];
}

/** A text that waits for a second person. */
export interface HeldText {
  id: string;
  conversation: string;
  author: AgentInfo;
  text: string;
  kinds: string[];
  at: number;
  expires_at: number;
}

/** A phrase in both languages, and until when it stands (milliseconds since 1970). */
export interface Phrase {
  zh: string;
  en: string;
  until: number;
}

/** What the user sees in the host app too, and who serves. */
export interface ConversationProof {
  phrase: Phrase;
  agent?: AgentProof;
}

/** The agent who serves, and the code by which they can be checked. */
export interface AgentProof {
  name: string;
  code: string;
}

/** Whether it is true: the `phrase` of a conversation that is open now, or the code of an `agent`, and whose. */
export interface Checked {
  genuine: boolean;
  kind: "phrase" | "agent" | "none";
  name?: string;
}

/** What an erasure did. */
export interface Erasure {
  user: string;
  conversations: number;
  messages: number;
}

/** Holds, those that stand first. */
export interface HoldList {
  holds: Hold[];
}

/** A legal hold on `user:ID` or `conversation:ID`; times are milliseconds since 1970. */
export interface Hold {
  id: string;
  object: string;
  reason: string;
  placed_by: string;
  placed_at: number;
  lifted_by: string | null;
  lifted_at: number | null;
}

/** A hold as it stands now. */
export interface HoldResult {
  hold: Hold;
}

/** Somebody is typing or has stopped. */
export interface TypingEvent {
  conversation: string;
  on: boolean;
  by: By;
  draft?: string;
}

/** Everything up to `seq` has arrived on a device of somebody. */
export interface DeliveredEvent {
  conversation: string;
  seq: number;
  by: By;
}

/** Somebody has seen everything up to `seq`. */
export interface ReadEvent {
  conversation: string;
  seq: number;
  by: By;
}

/**
 * The first event of every socket: who one is and which conversations matter now.
 * `visitor` is the key with which an anonymous user can return; `features` are what this server offers beside
 * the chat.
 */
export interface Welcome {
  protocol: number;
  session: SessionInfo;
  server_time: number;
  conversations: Conversation[];
  visitor?: string;
  features?: "transcript_mail"[];
}

/** The session that a socket has got. */
export interface SessionInfo {
  id: string;
  role: Role;
  subject: string;
  name: string;
}

/**
 * Where the user stands among those waiting for the same tier and skill.
 * `estimate_s` is the expected wait as `[low, high]` in seconds, null while too little is known.
 */
export interface QueuePosition {
  conversation: string;
  position: number;
  estimate_s: [number, number] | null;
}

/** A conversation is offered to this agent; it rings until `expires_at`. */
export interface Offer {
  conversation: string;
  epoch: number;
  expires_at: number;
  preview: string;
}

/** The offer stands no longer: missed, declined, cancelled, or taken on another device. */
export interface OfferWithdrawn {
  conversation: string;
  epoch: number;
  expires_at: number;
  preview: string;
}

/** The state of an agent changed; agents are told the `reason`, too. */
export interface PresenceEvent {
  agent: AgentInfo;
  status: PresenceStatus;
  reason?: string;
}

/** One's time to wrap up has begun and goes on until an instant; 0: it is over. */
export interface WrapUpEvent {
  until: number;
}

/** A colleague has a conversation before their eyes, or no longer. */
export interface ViewingEvent {
  conversation: string;
  agent: AgentInfo;
  on: boolean;
}

/** A text of an agent was stopped and waits for a supervisor until `expires_at`; `kinds` is what it asks for. */
export interface TextHeld {
  id: string;
  conversation: string;
  author: AgentInfo;
  kinds: string[];
  at: number;
  expires_at: number;
}

/** A held text was released, and so posted, or rejected. */
export interface TextDecided {
  id: string;
  conversation: string;
  author: AgentInfo;
  released: boolean;
  by: AgentInfo;
}

/** A question was asked (`open`, with who asks and what), or somebody answers it already. */
export interface ConsultEvent {
  conversation: string;
  open: boolean;
  by?: AgentInfo;
  text?: string;
}

/** A call was asked for, claimed, released or finished. */
export interface CallbackEvent {
  id: string;
  status: "open" | "claimed" | "done" | "cancelled";
}

/** An approval was asked for, decided or used; told to supervisors, administrators, auditors and who asked. */
export interface ApprovalEvent {
  approval: ApprovalInfo;
}

/** Something odd about somebody of the staff; told to supervisors, administrators and auditors. */
export interface AlertEvent {
  alert: AlertInfo;
}

/** The server is about to stop; connect again within `in_ms` milliseconds, best at a random moment. */
export interface ReconnectSoon {
  in_ms: number;
}

/** The credential of this socket ends in `in_ms` milliseconds; send `renew` before. */
export interface AuthExpiring {
  in_ms: number;
}

/** A user opened a conversation; it begins with the bot. `topic` is empty when none was chosen. */
export interface ConversationStarted extends Envelope {
  topic: string;
  locale: string;
}

/**
 * Somebody wrote a message.
 * `attachments` are ids and `files` what they are, in the same order; `removed` names the kinds of secrets that
 * were taken out of the text. `links` tells of each link where it really leads, as it was judged when it was
 * posted; `flags` has `impersonation` where somebody plays the company and leads people away. The text is as it
 * was written.
 */
export interface MessagePosted extends Envelope {
  /** The sender's key, told to the sender alone. */
  key?: string;
  text: string;
  attachments: string[];
  files?: FileInfo[];
  reply_to?: string;
  removed?: string[];
  links?: LinkShown[];
  flags?: string[];
}

/** A file that was sent: what it is called, what it is by its content, its bytes, and a picture's pixels. */
export interface FileInfo {
  id: string;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
}

/**
 * A link of a text: its place in code points, the host it really leads to, and what it is.
 * `verdict` is `official`, `unknown`, `suspicious` or `phishing`.
 */
export interface LinkShown {
  start: number;
  end: number;
  host: string;
  verdict: "official" | "unknown" | "suspicious" | "phishing";
}

/** The conversation waits for an agent of a tier. */
export interface Queued extends Envelope {
  /** Support tier, 1 or 2. */
  tier: number;
  priority: number;
  reason: string;
}

/** An agent serves the conversation from now on. */
export interface AgentAssigned extends Envelope {
  agent: AgentInfo;
}

/** The agent gave the conversation to another tier, where it waits with its place kept. */
export interface HandedOff extends Envelope {
  /** Support tier, 1 or 2. */
  from_tier: number;
  /** Support tier, 1 or 2. */
  to_tier: number;
  reason: string;
}

/** The agent no longer serves the conversation; `parked`: nobody does until the user writes again. */
export interface AgentLeft extends Envelope {
  reason: "transferred" | "gone" | "no_reply" | "parked";
}

/** The conversation no longer waits; the bot has it again. */
export interface QueueLeft extends Envelope {
  reason: "cancelled" | "abandoned" | "solved" | "callback";
}

/** A supervisor takes part beside the agent. */
export interface SupervisorJoined extends Envelope {
  agent: AgentInfo;
}

/** A supervisor no longer takes part. */
export interface SupervisorLeft extends Envelope {
  agent: AgentInfo;
}

/** The conversation ended; `disposition` is its outcome in the desk's own codes, or null. */
export interface ConversationClosed extends Envelope {
  disposition: string | null;
}

/** The conversation goes on; `disposition` is the one it had been closed with, or null. */
export interface ConversationReopened extends Envelope {
  disposition: string | null;
}

/** The user judged the service, 1 (bad) to 5 (good); a later rating replaces an earlier one. */
export interface ConversationRated extends Envelope {
  score: number;
  solved?: boolean;
  attitude?: number;
  professionalism?: number;
  comment?: string;
}

/** The text of an earlier message is gone: wherever it is read, `text` is empty. */
export interface MessageRemoved extends Envelope {
  message: string;
  removed: string[];
}

/** The user was asked whether they are still there: the agent wrote last, and that is a while ago. */
export type IdleReminded = Envelope;

/** The user wants to be called, between two instants; of the number only the end is told. */
export interface CallbackRequested extends Envelope {
  callback: string;
  from: number;
  until: number;
  phone_hint: string;
}

/** An agent is about to call the user. */
export interface CallbackClaimed extends Envelope {
  callback: string;
  agent: AgentInfo;
}

/** What came of a call; `again` says that there will be another try. */
export interface CallbackFinished extends Envelope {
  callback: string;
  outcome: "reached" | "no_answer" | "wrong_number" | "cancelled";
  again: boolean;
}

/** An agent left a note for colleagues (internal thread), for one of them if `to` is there. */
export interface NoteAdded extends Envelope {
  /** The sender's key, told to the sender alone. */
  key?: string;
  text: string;
  files?: FileInfo[];
  to?: AgentInfo;
}

/** The agent asks a colleague, or whoever of a tier answers first, for advice (internal thread). */
export interface ConsultAsked extends Envelope {
  /** The sender's key, told to the sender alone. */
  key?: string;
  text: string;
  /** Support tier, 1 or 2. */
  tier: number;
  agent?: AgentInfo;
}

/** A colleague gives advice from now on; the user does not learn of it (internal thread). */
export interface ConsultantJoined extends Envelope {
  agent: AgentInfo;
}

/** A colleague no longer gives advice (internal thread). */
export interface ConsultantLeft extends Envelope {
  agent: AgentInfo;
}

/** The conversation has these tags now, by id (internal thread). */
export interface TagsChanged extends Envelope {
  tags: string[];
}

/** Every command: its body, and the result that its acknowledgement carries. */
export interface Commands {
  /** Open a conversation, or go on with the open one. From: user. */
  start_conversation: { body: StartConversation; result: Started };
  /** Write a message to the other party. Acknowledged once it is durable. From: user, agent, supervisor. */
  send_message: { body: SendMessage; result: Posted };
  /** Leave a note that only agents can read. From: agent, supervisor. */
  add_note: { body: AddNote; result: Posted };
  /** Leave a note for the agent who serves the conversation; a supervisor need not join for it. From: supervisor. */
  whisper: { body: Whisper; result: Posted };
  /** Read a page of a thread: the events after a sequence number, in order. From: user, agent, supervisor. */
  sync: { body: Sync; result: SyncPage };
  /**
   * Tell that everything up to a sequence number of the public thread has been seen. From: user, agent,
   * supervisor.
   */
  mark_read: { body: MarkRead; result: Nothing };
  /**
   * Tell that everything up to a sequence number of the public thread has arrived on a device. From: user,
   * agent, supervisor.
   */
  mark_delivered: { body: MarkDelivered; result: Nothing };
  /** Tell that one is typing or has stopped; `draft` is shown to agents only. From: user, agent, supervisor. */
  typing: { body: Typing; result: Nothing };
  /** End the conversation. From: user, agent, supervisor. */
  close_conversation: { body: CloseConversation; result: Nothing };
  /** Judge the service after the conversation was closed; again replaces. From: user. */
  rate_conversation: { body: RateConversation; result: Nothing };
  /** Ask for a person; asking twice never queues twice. From: user. */
  request_agent: { body: RequestAgent; result: QueueState };
  /** Leave the queue; the bot has the conversation again. From: user. */
  cancel_waiting: { body: CancelWaiting; result: StatusResult };
  /** Take a conversation that is offered to oneself. From: agent, supervisor. */
  accept_offer: { body: AcceptOffer; result: ConversationResult };
  /** Refuse a conversation that is offered to oneself; it goes to somebody else. From: agent, supervisor. */
  decline_offer: { body: DeclineOffer; result: Nothing };
  /** Give the conversation to the other tier, where it waits with its place kept. From: agent, supervisor. */
  hand_off: { body: HandOff; result: HandOffResult };
  /** Take a conversation back that one has handed off and nobody serves yet. From: agent, supervisor. */
  take_back: { body: TakeBack; result: ConversationResult };
  /** Give the conversation to one agent (who may refuse; then it returns) or to a skill. From: agent, supervisor. */
  transfer: { body: Transfer; result: StatusResult };
  /** Take part in a conversation beside its agent. From: supervisor. */
  join_conversation: { body: JoinConversation; result: ConversationResult };
  /** Stop taking part. From: supervisor. */
  leave_conversation: { body: LeaveConversation; result: Nothing };
  /** Go on with a conversation that was closed less than 24 hours ago. From: agent, supervisor. */
  reopen_conversation: { body: ReopenConversation; result: ConversationResult };
  /**
   * Say whether one takes conversations, at most how many at a time, and why one is away. From: agent,
   * supervisor.
   */
  set_presence: { body: SetPresence; result: PresenceState };
  /** Say that one is done with what was closed, and take conversations again. From: agent, supervisor. */
  finish_wrap_up: { body: FinishWrapUp; result: PresenceState };
  /** Ask a colleague for advice, or whoever of the other tier comes first. From: agent, supervisor. */
  ask_consult: { body: AskConsult; result: Posted };
  /** Give advice: read the conversation and leave notes in it. From: agent, supervisor. */
  join_consult: { body: JoinConsult; result: ConversationResult };
  /** Give advice no longer. From: agent, supervisor. */
  leave_consult: { body: LeaveConsult; result: Nothing };
  /** Ask to be called between two instants, instead of waiting; again replaces. From: user. */
  request_callback: { body: RequestCallback; result: CallbackResult };
  /** Do not be called after all. From: user. */
  cancel_callback: { body: CancelCallback; result: Nothing };
  /** Say that one is about to call; tells the number. From: agent, supervisor. */
  claim_callback: { body: ClaimCallback; result: CallbackResult };
  /** Leave a call to somebody else. From: agent, supervisor. */
  release_callback: { body: ReleaseCallback; result: CallbackResult };
  /**
   * Say what came of a call; with `again_from` and `again_until` there will be another try. From: agent,
   * supervisor.
   */
  finish_callback: { body: FinishCallback; result: CallbackResult };
  /**
   * Leave what was written, and perhaps one more `text`, for the next agent; one need not stay for the answer.
   * From: user.
   */
  leave_message: { body: LeaveMessage; result: StatusResult };
  /**
   * Do the actions of a macro in a conversation; the same key again does none of them twice. From: agent,
   * supervisor.
   */
  run_macro: { body: RunMacro; result: MacroResult };
  /**
   * Say which tags a conversation has from now on; after its end whoever had it may still do so. From: agent,
   * supervisor.
   */
  set_tags: { body: SetTags; result: TagsResult };
  /**
   * Be told everything that happens in a conversation, without taking part and without anybody learning of it.
   * From: supervisor.
   */
  watch_conversation: { body: WatchConversation; result: ConversationResult };
  /** Be told no more. From: supervisor. */
  unwatch_conversation: { body: UnwatchConversation; result: Nothing };
  /** Give a conversation to an agent at once, or let it wait for a skill, or for whoever comes. From: supervisor. */
  reassign: { body: Reassign; result: StatusResult };
  /** End a conversation that is somebody else's. From: supervisor. */
  force_close: { body: ForceClose; result: Nothing };
  /**
   * Let a conversation come sooner or later: a step of priority is worth five minutes of waiting. From:
   * supervisor.
   */
  move_in_queue: { body: MoveInQueue; result: QueueState };
  /**
   * Let nothing new come to an agent; with `requeue` what they serve waits in front for others. From:
   * supervisor.
   */
  force_offline: { body: ForceOffline; result: PresenceState };
  /** Say that one has a conversation before one's eyes, again every 30 s, or no longer. From: agent, supervisor. */
  viewing: { body: Viewing; result: Viewers };
  /**
   * Go on with this connection on a newer token of the same person. From: user, agent, supervisor, admin,
   * auditor.
   */
  renew: { body: Renew; result: Renewed };
}

export type CommandName = keyof Commands;

/** The acknowledgement of a command. */
export type Reply<Result> = { ok: true; result: Result } | { ok: false; error: ErrorBody };

/** Every event that is kept in a log, by the name under which it is emitted. */
export interface DurableEvents {
  /** A user opened a conversation; it begins with the bot. `topic` is empty when none was chosen. */
  conversation_started: ConversationStarted;
  /** Somebody wrote a message. */
  message_posted: MessagePosted;
  /** The conversation waits for an agent of a tier. */
  queued: Queued;
  /** An agent serves the conversation from now on. */
  agent_assigned: AgentAssigned;
  /** The agent gave the conversation to another tier, where it waits with its place kept. */
  handed_off: HandedOff;
  /** The agent no longer serves the conversation; `parked`: nobody does until the user writes again. */
  agent_left: AgentLeft;
  /** The conversation no longer waits; the bot has it again. */
  queue_left: QueueLeft;
  /** A supervisor takes part beside the agent. */
  supervisor_joined: SupervisorJoined;
  /** A supervisor no longer takes part. */
  supervisor_left: SupervisorLeft;
  /** The conversation ended; `disposition` is its outcome in the desk's own codes, or null. */
  conversation_closed: ConversationClosed;
  /** The conversation goes on; `disposition` is the one it had been closed with, or null. */
  conversation_reopened: ConversationReopened;
  /** The user judged the service, 1 (bad) to 5 (good); a later rating replaces an earlier one. */
  conversation_rated: ConversationRated;
  /** The text of an earlier message is gone: wherever it is read, `text` is empty. */
  message_removed: MessageRemoved;
  /** The user was asked whether they are still there: the agent wrote last, and that is a while ago. */
  idle_reminded: IdleReminded;
  /** The user wants to be called, between two instants; of the number only the end is told. */
  callback_requested: CallbackRequested;
  /** An agent is about to call the user. */
  callback_claimed: CallbackClaimed;
  /** What came of a call; `again` says that there will be another try. */
  callback_finished: CallbackFinished;
  /** An agent left a note for colleagues (internal thread), for one of them if `to` is there. */
  note_added: NoteAdded;
  /** The agent asks a colleague, or whoever of a tier answers first, for advice (internal thread). */
  consult_asked: ConsultAsked;
  /** A colleague gives advice from now on; the user does not learn of it (internal thread). */
  consultant_joined: ConsultantJoined;
  /** A colleague no longer gives advice (internal thread). */
  consultant_left: ConsultantLeft;
  /** The conversation has these tags now, by id (internal thread). */
  tags_changed: TagsChanged;
}

/** An event as `sync` and transcripts give it, told apart by `type`. */
export type DurableEvent = {
  [Type in keyof DurableEvents]: { type: Type } & DurableEvents[Type];
}[keyof DurableEvents];

/** Every event that is told and not kept. */
export interface PassingEvents {
  /** Somebody is typing or has stopped. */
  typing: TypingEvent;
  /** Everything up to `seq` has arrived on a device of somebody. */
  delivered: DeliveredEvent;
  /** Somebody has seen everything up to `seq`. */
  read: ReadEvent;
  /** The first event of every socket: who one is and which conversations matter now. */
  welcome: Welcome;
  /** Where the user stands among those waiting for the same tier and skill. */
  queue_position: QueuePosition;
  /** A conversation is offered to this agent; it rings until `expires_at`. */
  offer: Offer;
  /** The offer stands no longer: missed, declined, cancelled, or taken on another device. */
  offer_withdrawn: OfferWithdrawn;
  /** The state of an agent changed; agents are told the `reason`, too. */
  presence: PresenceEvent;
  /** One's time to wrap up has begun and goes on until an instant; 0: it is over. */
  wrap_up: WrapUpEvent;
  /** A colleague has a conversation before their eyes, or no longer. */
  viewing: ViewingEvent;
  /** A text of an agent was stopped and waits for a supervisor until `expires_at`; `kinds` is what it asks for. */
  text_held: TextHeld;
  /** A held text was released, and so posted, or rejected. */
  text_decided: TextDecided;
  /** A question was asked (`open`, with who asks and what), or somebody answers it already. */
  consult: ConsultEvent;
  /** A call was asked for, claimed, released or finished. */
  callback: CallbackEvent;
  /** The desk as it is at `at`: the queue, the agents, and today. */
  board: Board;
  /** An approval was asked for, decided or used; told to supervisors, administrators, auditors and who asked. */
  approval: ApprovalEvent;
  /** Something odd about somebody of the staff; told to supervisors, administrators and auditors. */
  alert: AlertEvent;
  /** How far each conversation of this socket reaches, by id; whoever is behind asks `sync`. */
  heads: Record<string, Heads>;
  /** The server is about to stop; connect again within `in_ms` milliseconds, best at a random moment. */
  reconnect_soon: ReconnectSoon;
  /** The credential of this socket ends in `in_ms` milliseconds; send `renew` before. */
  auth_expiring: AuthExpiring;
}

export type Events = DurableEvents & PassingEvents;

/** Every HTTP route. */
export interface Routes {
  /** Sign in with e-mail and password, and a code once a second factor is enrolled. */
  "POST /api/v1/sign-in": { query: NoQuery; body: SignIn; result: SignedIn };
  /** Exchange a refresh token for new tokens; a second use ends the sign-in. */
  "POST /api/v1/refresh": { query: NoQuery; body: Refresh; result: SignedIn };
  /** End a sign-in with all of its tokens. */
  "POST /api/v1/sign-out": { query: NoQuery; body: SignOut; result: SignedOut };
  /** One's own account as it is now. */
  "GET /api/v1/me": { query: NoQuery; body: undefined; result: Profile };
  /** What the browser is asked in order to sign in by passkey. */
  "POST /api/v1/sign-in/passkey/options": { query: NoQuery; body: undefined; result: Asked };
  /** Sign in by passkey. */
  "POST /api/v1/sign-in/passkey": { query: NoQuery; body: PasskeySignIn; result: SignedIn };
  /** How one may sign in here. */
  "GET /api/v1/sign-in": { query: NoQuery; body: undefined; result: SignInWays };
  /** Begin to sign in at the company's provider. */
  "POST /api/v1/sign-in/oidc": { query: NoQuery; body: OidcBegin; result: OidcBegun };
  /** Where the provider sends the browser; it goes on to the console with a ticket, or with nothing. */
  "GET /api/v1/sign-in/oidc/back": { query: Back; body: undefined; result: unknown };
  /** Exchange the ticket, together with the verifier that never left the page, for tokens. */
  "POST /api/v1/sign-in/oidc/finish": { query: NoQuery; body: OidcFinish; result: SignedIn };
  /** How one's own account is protected, and where it is signed in. */
  "GET /api/v1/me/security": { query: NoQuery; body: undefined; result: Security };
  /** Begin with an authenticator app: its secret, to be confirmed by the first code. */
  "POST /api/v1/me/authenticator": { query: NoQuery; body: undefined; result: Enrolling };
  /** Confirm the app by its first code; from now on signing in asks for one. */
  "POST /api/v1/me/authenticator/confirm": { query: NoQuery; body: ConfirmCode; result: Enrolled };
  /** Take the authenticator app off one's account. */
  "DELETE /api/v1/me/authenticator": { query: NoQuery; body: undefined; result: Nothing };
  /** New recovery codes in place of the old ones. */
  "POST /api/v1/me/recovery-codes": { query: NoQuery; body: undefined; result: Enrolled };
  /** What the browser is asked in order to make a passkey for this account. */
  "POST /api/v1/me/passkeys/options": { query: NoQuery; body: undefined; result: Asked };
  /** Keep a passkey that the browser has made. */
  "POST /api/v1/me/passkeys": { query: NoQuery; body: NewPasskey; result: Enrolled };
  /** Take a passkey off one's account. */
  "DELETE /api/v1/me/passkeys/{passkey}": { query: NoQuery; body: undefined; result: Nothing };
  /** End every sign-in of one's account but this one; their sockets are closed within five seconds. */
  "DELETE /api/v1/me/sign-ins": { query: NoQuery; body: undefined; result: SignIns };
  /** End one sign-in of one's account; its sockets are closed within five seconds. */
  "DELETE /api/v1/me/sign-ins/{sign_in}": { query: NoQuery; body: undefined; result: Nothing };
  /** Where somebody is signed in. */
  "GET /api/v1/admin/agents/{agent}/sign-ins": { query: NoQuery; body: undefined; result: SignIns };
  /** End every sign-in of somebody; their sockets are closed within five seconds. */
  "DELETE /api/v1/admin/agents/{agent}/sign-ins": { query: NoQuery; body: undefined; result: Nothing };
  /** Take every second factor of somebody away who has lost them, and end their sign-ins. */
  "DELETE /api/v1/admin/agents/{agent}/factors": { query: NoQuery; body: undefined; result: Nothing };
  /** What the browser is asked in order to prove by passkey that it is still you. */
  "POST /api/v1/step-up/options": { query: NoQuery; body: undefined; result: Asked };
  /** Prove oneself again for one action, by code, passkey, or password where there is no second factor. */
  "POST /api/v1/step-up": { query: NoQuery; body: StepUp; result: SteppedUp };
  /** The conversations one may see, newest first; `query` searches the text of their messages. */
  "GET /api/v1/conversations": { query: ListQuery; body: undefined; result: ConversationList };
  /** One conversation as it stands now. */
  "GET /api/v1/conversations/{id}": { query: NoQuery; body: undefined; result: ConversationResult };
  /** A whole thread: `json` as described, or a file to save as `csv`, `html` or `txt`. */
  "GET /api/v1/conversations/{id}/transcript": { query: TranscriptQuery; body: undefined; result: Transcript };
  /** Send a file of at most 10 MB, to be named in `attachments` of the message that follows. */
  "POST /api/v1/conversations/{id}/attachments": { query: Into; body: undefined; result: Attachment };
  /** What an attachment is, with a fresh `url`. */
  "GET /api/v1/attachments/{attachment}": { query: NoQuery; body: undefined; result: Attachment };
  /** The bytes of an attachment, always as a download; the link is good for one person and one minute. */
  "GET /api/v1/attachments/{attachment}/content": { query: Link; body: undefined; result: unknown };
  /** Every agent with tier, skills, presence and load: who is free for a transfer. */
  "GET /api/v1/agents": { query: NoQuery; body: undefined; result: AgentList };
  /** Every routing decision of a conversation with its reason, in order. */
  "GET /api/v1/conversations/{id}/routing": { query: NoQuery; body: undefined; result: DecisionList };
  /** How many wait for each tier and skill now. */
  "GET /api/v1/desk/lanes": { query: NoQuery; body: undefined; result: LaneList };
  /** Expected waits that users were told, judged against what happened. */
  "GET /api/v1/desk/estimates": { query: Since; body: undefined; result: EstimateRecord };
  /** The questions of colleagues that one may answer, the oldest first. */
  "GET /api/v1/consults": { query: NoQuery; body: undefined; result: ConsultList };
  /** The calls that users wait for, in the order in which they are due; without their numbers. */
  "GET /api/v1/callbacks": { query: CallbackQuery; body: undefined; result: CallbackList };
  /** Whether the desk is open, how long one would wait, and what one can do instead. */
  "GET /api/v1/availability": { query: Which; body: undefined; result: Availability };
  /** The canned replies for a conversation, in its user's language, their variables filled in. */
  "GET /api/v1/conversations/{id}/replies": { query: NoQuery; body: undefined; result: ReplyList };
  /** Who the user of a conversation is, and what the page and the intake have told. */
  "GET /api/v1/conversations/{id}/contact": { query: NoQuery; body: undefined; result: Contact };
  /** Every contact of a user, newest first, for agents who have or had one of them. */
  "GET /api/v1/users/{user}/history": { query: HistoryQuery; body: undefined; result: History };
  /** The live board: queue with ages, agents with state and load, today's figures by the hour. */
  "GET /api/v1/board": { query: NoQuery; body: undefined; result: Board };
  /** The canned replies, as they were written. */
  "GET /api/v1/canned-replies": { query: NoQuery; body: undefined; result: ShownCannedReplyList };
  /** The macros, with what each of them does. */
  "GET /api/v1/macros": { query: NoQuery; body: undefined; result: ShownMacroList };
  /** The tags that conversations can have. */
  "GET /api/v1/tags": { query: NoQuery; body: undefined; result: ShownTagList };
  /** The outcomes with which conversations are closed. */
  "GET /api/v1/dispositions": { query: NoQuery; body: undefined; result: ShownDispositionList };
  /** The reasons for being away that agents choose from. */
  "GET /api/v1/away-reasons": { query: NoQuery; body: undefined; result: ShownAwayReasonList };
  /** The skills by which conversations find their agents. */
  "GET /api/v1/skills": { query: NoQuery; body: undefined; result: ShownSkillList };
  /** The desk's own texts that pages show to users. */
  "GET /api/v1/texts": { query: NoQuery; body: undefined; result: ShownDeskTextList };
  /** How the desk routes, so that pages know what it asks of agents. */
  "GET /api/v1/routing": { query: NoQuery; body: undefined; result: ShownRoutingList };
  /** The topics to offer before a conversation, in the order to show them. */
  "GET /api/v1/topics": { query: NoQuery; body: undefined; result: TopicList };
  /** All canned-replies that count now, by id. */
  "GET /api/v1/admin/canned-replies": { query: NoQuery; body: undefined; result: CannedRepliesList };
  /** Everything that one of the canned-replies has been, the newest first. */
  "GET /api/v1/admin/canned-replies/{item}/versions": { query: NoQuery; body: undefined; result: CannedRepliesList };
  /** Set one of the canned-replies: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/canned-replies/{item}": { query: NoQuery; body: CannedReply; result: KeptCannedReply };
  /** Remove one of the canned-replies; its versions are kept. */
  "DELETE /api/v1/admin/canned-replies/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All macros that count now, by id. */
  "GET /api/v1/admin/macros": { query: NoQuery; body: undefined; result: MacrosList };
  /** Everything that one of the macros has been, the newest first. */
  "GET /api/v1/admin/macros/{item}/versions": { query: NoQuery; body: undefined; result: MacrosList };
  /** Set one of the macros: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/macros/{item}": { query: NoQuery; body: Macro; result: KeptMacro };
  /** Remove one of the macros; its versions are kept. */
  "DELETE /api/v1/admin/macros/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All tags that count now, by id. */
  "GET /api/v1/admin/tags": { query: NoQuery; body: undefined; result: TagsList };
  /** Everything that one of the tags has been, the newest first. */
  "GET /api/v1/admin/tags/{item}/versions": { query: NoQuery; body: undefined; result: TagsList };
  /** Set one of the tags: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/tags/{item}": { query: NoQuery; body: Tag; result: KeptTag };
  /** Remove one of the tags; its versions are kept. */
  "DELETE /api/v1/admin/tags/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All dispositions that count now, by id. */
  "GET /api/v1/admin/dispositions": { query: NoQuery; body: undefined; result: DispositionsList };
  /** Everything that one of the dispositions has been, the newest first. */
  "GET /api/v1/admin/dispositions/{item}/versions": { query: NoQuery; body: undefined; result: DispositionsList };
  /** Set one of the dispositions: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/dispositions/{item}": { query: NoQuery; body: Disposition; result: KeptDisposition };
  /** Remove one of the dispositions; its versions are kept. */
  "DELETE /api/v1/admin/dispositions/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All away-reasons that count now, by id. */
  "GET /api/v1/admin/away-reasons": { query: NoQuery; body: undefined; result: AwayReasonsList };
  /** Everything that one of the away-reasons has been, the newest first. */
  "GET /api/v1/admin/away-reasons/{item}/versions": { query: NoQuery; body: undefined; result: AwayReasonsList };
  /** Set one of the away-reasons: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/away-reasons/{item}": { query: NoQuery; body: AwayReason; result: KeptAwayReason };
  /** Remove one of the away-reasons; its versions are kept. */
  "DELETE /api/v1/admin/away-reasons/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All topics that count now, by id. */
  "GET /api/v1/admin/topics": { query: NoQuery; body: undefined; result: TopicsList };
  /** Everything that one of the topics has been, the newest first. */
  "GET /api/v1/admin/topics/{item}/versions": { query: NoQuery; body: undefined; result: TopicsList };
  /** Set one of the topics: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/topics/{item}": { query: NoQuery; body: TopicItem; result: KeptTopicItem };
  /** Remove one of the topics; its versions are kept. */
  "DELETE /api/v1/admin/topics/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All hours that count now, by id. */
  "GET /api/v1/admin/hours": { query: NoQuery; body: undefined; result: HoursList };
  /** Everything that one of the hours has been, the newest first. */
  "GET /api/v1/admin/hours/{item}/versions": { query: NoQuery; body: undefined; result: HoursList };
  /** Set one of the hours: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/hours/{item}": { query: NoQuery; body: Hours; result: KeptHours };
  /** Remove one of the hours; its versions are kept. */
  "DELETE /api/v1/admin/hours/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All holidays that count now, by id. */
  "GET /api/v1/admin/holidays": { query: NoQuery; body: undefined; result: HolidaysList };
  /** Everything that one of the holidays has been, the newest first. */
  "GET /api/v1/admin/holidays/{item}/versions": { query: NoQuery; body: undefined; result: HolidaysList };
  /** Set one of the holidays: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/holidays/{item}": { query: NoQuery; body: Holiday; result: KeptHoliday };
  /** Remove one of the holidays; its versions are kept. */
  "DELETE /api/v1/admin/holidays/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All texts that count now, by id. */
  "GET /api/v1/admin/texts": { query: NoQuery; body: undefined; result: TextsList };
  /** Everything that one of the texts has been, the newest first. */
  "GET /api/v1/admin/texts/{item}/versions": { query: NoQuery; body: undefined; result: TextsList };
  /** Set one of the texts: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/texts/{item}": { query: NoQuery; body: DeskText; result: KeptDeskText };
  /** Remove one of the texts; its versions are kept. */
  "DELETE /api/v1/admin/texts/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All skills that count now, by id. */
  "GET /api/v1/admin/skills": { query: NoQuery; body: undefined; result: SkillsList };
  /** Everything that one of the skills has been, the newest first. */
  "GET /api/v1/admin/skills/{item}/versions": { query: NoQuery; body: undefined; result: SkillsList };
  /** Set one of the skills: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/skills/{item}": { query: NoQuery; body: Skill; result: KeptSkill };
  /** Remove one of the skills; its versions are kept. */
  "DELETE /api/v1/admin/skills/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All routing that count now, by id. */
  "GET /api/v1/admin/routing": { query: NoQuery; body: undefined; result: RoutingList };
  /** Everything that one of the routing has been, the newest first. */
  "GET /api/v1/admin/routing/{item}/versions": { query: NoQuery; body: undefined; result: RoutingList };
  /** Set one of the routing: a new one, or a new version of one that there is. */
  "PUT /api/v1/admin/routing/{item}": { query: NoQuery; body: Routing; result: KeptRouting };
  /** Remove one of the routing; its versions are kept. */
  "DELETE /api/v1/admin/routing/{item}": { query: NoQuery; body: undefined; result: Nothing };
  /** All accounts of the staff, disabled ones too. */
  "GET /api/v1/admin/agents": { query: NoQuery; body: undefined; result: AgentAccounts };
  /** Add an account; they sign in with the password given, and should change it. */
  "POST /api/v1/admin/agents": { query: NoQuery; body: Newcomer; result: AgentAccount };
  /** Change an account. Another role, or disabling, ends every sign-in of theirs within five seconds. */
  "PUT /api/v1/admin/agents/{agent}": { query: NoQuery; body: ChangeAccount; result: AgentAccount };
  /** Rows of the audit log, the newest first. */
  "GET /api/v1/audit": { query: AuditQuery; body: undefined; result: AuditPage };
  /** Where the audit log ends now. */
  "GET /api/v1/audit/head": { query: NoQuery; body: undefined; result: AuditHead };
  /** At most 5,000 rows as JSON lines with what the chain is computed from, in order; an empty file is the end. */
  "GET /api/v1/audit/export": { query: ExportQuery; body: undefined; result: AuditEntry };
  /** A signed file with both threads of a conversation and all that is needed to check it elsewhere. */
  "POST /api/v1/conversations/{id}/evidence": { query: NoQuery; body: EvidenceAsked; result: unknown };
  /** The public keys with which roots and packs are checked. */
  "GET /api/v1/public-keys": { query: NoQuery; body: undefined; result: PublicKeys };
  /** Signed roots, oldest first: keep them where nobody here can change them. */
  "GET /api/v1/roots": { query: RootsQuery; body: undefined; result: Roots };
  /** Send the public thread, as it is now, to an e-mail address; in the language of the conversation. */
  "POST /api/v1/conversations/{id}/transcript/mail": { query: NoQuery; body: MailTranscript; result: Mailed };
  /** Ask for something that takes two persons. */
  "POST /api/v1/approvals": { query: NoQuery; body: AskApproval; result: ApprovalResult };
  /** What was asked for, newest first. */
  "GET /api/v1/approvals": { query: ApprovalQuery; body: undefined; result: ApprovalList };
  /** Approve or refuse what somebody else asks for, within 15 minutes. */
  "POST /api/v1/approvals/{approval}/decision": { query: NoQuery; body: DecideApproval; result: ApprovalResult };
  /** What an administrator reads within the hour after somebody else approved `break_glass`. */
  "GET /api/v1/approvals/{approval}/transcript": { query: NoQuery; body: undefined; result: Transcript };
  /** Odd things about staff, newest first. */
  "GET /api/v1/alerts": { query: AlertQuery; body: undefined; result: AlertList };
  /** Say that one has looked at an alert. */
  "POST /api/v1/alerts/{alert}/seen": { query: NoQuery; body: Acknowledged; result: AlertResult };
  /** A user masked; the fields that were revealed to oneself are in clear for their ten minutes. */
  "GET /api/v1/users/{user}": { query: NoQuery; body: undefined; result: UserProfileResult };
  /** Show one field in clear for ten minutes, for a reason. */
  "POST /api/v1/users/{user}/reveal": { query: NoQuery; body: RevealField; result: Revealed };
  /** Show all fields in clear for ten minutes, once somebody else has approved it. */
  "POST /api/v1/users/{user}/unmask": { query: NoQuery; body: UnmaskUser; result: UserProfileResult };
  /** Texts of agents that were stopped and wait for a decision, the oldest first. */
  "GET /api/v1/held": { query: NoQuery; body: undefined; result: HeldList };
  /** Post a held text as its author's. Nobody releases their own. */
  "POST /api/v1/held/{held}/release": { query: NoQuery; body: undefined; result: Posted };
  /** Throw a held text away. */
  "POST /api/v1/held/{held}/reject": { query: NoQuery; body: Rejection; result: Nothing };
  /** The phrase of the user: the host app and the chat show the same, or the chat is not ours. */
  "GET /api/v1/proof": { query: NoQuery; body: undefined; result: Phrase };
  /** The phrase of the user of a conversation, and who serves it. */
  "GET /api/v1/conversations/{id}/proof": { query: NoQuery; body: undefined; result: ConversationProof };
  /** Whether a phrase or an agent's code is true. Tells nothing else. */
  "GET /api/v1/proof/check": { query: Said; body: undefined; result: Checked };
  /** The page "is this really you?", for whoever was called, written to or sent a link. */
  "GET /verify": { query: Said; body: undefined; result: unknown };
  /** Everything that is kept of a user, once somebody else has approved `export_user`; to be saved as a file. */
  "POST /api/v1/users/{user}/export": { query: NoQuery; body: WithApproval; result: unknown };
  /** Fifty conversations as JSON lines, then a line `{next}`, once somebody else has approved `export_many`. */
  "POST /api/v1/exports": { query: NoQuery; body: ExportMany; result: unknown };
  /** Erase a user, once somebody else has approved `erase_user`; a legal hold is a `conflict`. */
  "POST /api/v1/users/{user}/erase": { query: NoQuery; body: WithApproval; result: Erasure };
  /** Legal holds. */
  "GET /api/v1/holds": { query: NoQuery; body: undefined; result: HoldList };
  /** Let nothing of a user or conversation be deleted. */
  "POST /api/v1/holds": { query: NoQuery; body: PlaceHold; result: HoldResult };
  /** Let it be deleted again. */
  "POST /api/v1/holds/{hold}/lift": { query: NoQuery; body: LiftHold; result: HoldResult };
}

/** The limits of each command's fields; lengths count code points, not UTF-16 units. */
export const LIMITS = {
  start_conversation: {
    key: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_.:-]+$" },
    topic: { minLength: 1, maxLength: 64 },
    text: { minLength: 1, maxLength: 4000 },
    skill: { minLength: 1, maxLength: 64 },
    attributes: { maxProperties: 20 },
  },
  send_message: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    key: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_.:-]+$" },
    text: { maxLength: 4000 },
    attachments: { maxItems: 5 },
    reply_to: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  add_note: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    key: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_.:-]+$" },
    text: { maxLength: 4000 },
    attachments: { maxItems: 5 },
  },
  whisper: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    key: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_.:-]+$" },
    text: { maxLength: 4000 },
  },
  sync: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    after: { minimum: 0, maximum: 9007199254740992 },
    limit: { minimum: 1, maximum: 200 },
  },
  mark_read: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    seq: { minimum: 0, maximum: 9007199254740992 },
  },
  mark_delivered: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    seq: { minimum: 0, maximum: 9007199254740992 },
  },
  typing: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    draft: { maxLength: 4000 },
  },
  close_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    disposition: { minLength: 1, maxLength: 64 },
  },
  rate_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    score: { minimum: 1, maximum: 5 },
    attitude: { minimum: 1, maximum: 5 },
    professionalism: { minimum: 1, maximum: 5 },
    comment: { maxLength: 4000 },
  },
  request_agent: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    reason: { minLength: 1, maxLength: 200 },
  },
  cancel_waiting: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  accept_offer: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    epoch: { minimum: 0, maximum: 9007199254740992 },
  },
  decline_offer: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    epoch: { minimum: 0, maximum: 9007199254740992 },
  },
  hand_off: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    to_tier: { minimum: 1, maximum: 2 },
    reason: { minLength: 1, maxLength: 200 },
    note: { maxLength: 4000 },
  },
  take_back: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  transfer: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    to_agent: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    to_skill: { minLength: 1, maxLength: 64 },
    note: { maxLength: 4000 },
  },
  join_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    reason: { minLength: 1, maxLength: 200 },
  },
  leave_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  reopen_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  set_presence: {
    capacity: { minimum: 1, maximum: 1000 },
    reason: { minLength: 1, maxLength: 64 },
  },
  finish_wrap_up: {},
  ask_consult: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    key: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_.:-]+$" },
    text: { maxLength: 4000 },
    to_agent: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  join_consult: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  leave_consult: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  request_callback: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    phone: { minLength: 5, maxLength: 32, pattern: "^\\+?[0-9][0-9 ()-]*$" },
    from: { minimum: 0, maximum: 9007199254740992 },
    until: { minimum: 0, maximum: 9007199254740992 },
    note: { minLength: 1, maxLength: 200 },
  },
  cancel_callback: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  claim_callback: {
    callback: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  release_callback: {
    callback: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  finish_callback: {
    callback: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    note: { minLength: 1, maxLength: 200 },
    again_from: { minimum: 0, maximum: 9007199254740992 },
    again_until: { minimum: 0, maximum: 9007199254740992 },
  },
  leave_message: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    key: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_.:-]+$" },
    text: { maxLength: 4000 },
  },
  run_macro: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    key: { minLength: 1, maxLength: 60, pattern: "^[A-Za-z0-9_.:-]+$" },
    macro: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  set_tags: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    tags: { maxItems: 20 },
  },
  watch_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    reason: { minLength: 1, maxLength: 200 },
  },
  unwatch_conversation: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  reassign: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    reason: { minLength: 1, maxLength: 200 },
    to_agent: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    to_skill: { minLength: 1, maxLength: 64 },
  },
  force_close: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    reason: { minLength: 1, maxLength: 200 },
    disposition: { minLength: 1, maxLength: 64 },
  },
  move_in_queue: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    priority: { minimum: 0, maximum: 3 },
    reason: { minLength: 1, maxLength: 200 },
  },
  force_offline: {
    agent: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
    reason: { minLength: 1, maxLength: 200 },
  },
  viewing: {
    conversation: { minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" },
  },
  renew: {},
} as const;

"""Whoever finds a weakness is told whom to tell."""

from datetime import UTC, datetime

import pytest

from chatserver.settings import Settings, SettingsError
from tests.e2e.conftest import Serve


async def test_the_page_names_the_contact_and_how_long_it_is_good(serve: Serve) -> None:
    served = await serve(
        security_contact="mailto:security@wallet.example, https://wallet.example/report",
        public_url="https://support.wallet.example/",
    )
    page = await served.get("/.well-known/security.txt")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = page.body.splitlines()
    assert lines[:2] == ["Contact: mailto:security@wallet.example", "Contact: https://wallet.example/report"]
    assert "Canonical: https://support.wallet.example/.well-known/security.txt" in lines
    expires = next(line.removeprefix("Expires: ") for line in lines if line.startswith("Expires: "))
    left = datetime.fromisoformat(expires) - datetime.now(UTC)
    assert 80 < left.days <= 90


async def test_without_a_contact_there_is_no_page(serve: Serve) -> None:
    served = await serve()
    assert (await served.get("/.well-known/security.txt")).status == 404


@pytest.mark.parametrize("contact", ["security@wallet.example", "mailto:a@b.io\nEvil: 1", "javascript:alert(1)"])
def test_a_contact_that_is_no_address_is_refused(contact: str) -> None:
    with pytest.raises(SettingsError, match="CHATSERVER_SECURITY_CONTACT"):
        Settings.of({"security_contact": contact})

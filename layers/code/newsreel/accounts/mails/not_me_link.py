"""Decides where a mail's link "This was not me" stands: last, and it leads to a page."""

from dataclasses import replace

from newsreel.accounts import not_me_tokens
from newsreel.accounts.not_me_tokens import NotMe
from newsreel.aws.keyring import Keyring
from newsreel.mail.message import Block, Mail, SenderIdentity
from newsreel.texts import messages


def with_link(mail: Mail, not_me: NotMe, keyring: Keyring, identity: SenderIdentity) -> Mail:
    """Return a mail with its link; behind ``#`` the token reaches no server's log."""
    token = not_me_tokens.seal(not_me, keyring)
    words = messages.text(mail.language, "mail", "not_me.link")
    link = Block("link", words, identity.page(mail.language, f"not-me#{token}"))
    return replace(mail, blocks=(*mail.blocks, link))

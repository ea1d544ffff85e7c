"""Drives the installed Firefox by its own protocol, Marionette: messages are a length and JSON.

Playwright drives only builds of Firefox that it has changed, which no distribution has.
"""

import json
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, cast

_PATIENCE = 60.0
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id (WebDriver, section 12)."""
_SETTINGS = {
    "marionette.port": 0,
    "app.update.enabled": False,
    # Firefox's own pages and lists, which nobody sees, took half of the time until it was there.
    "browser.newtab.preload": False,
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.ipc.processPrelaunch.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class NoFirefoxError(RuntimeError):
    """There is no Firefox on this machine."""


@dataclass
class Firefox:
    """One Firefox with a profile of its own, which shows one page."""

    profile: Path
    settings: dict[str, object] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Start it."""
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program is None:
            raise NoFirefoxError("There is no Firefox: install firefox-esr.")
        lines = [
            f'user_pref("{name}", {json.dumps(value)});'
            for name, value in {**_SETTINGS, **self.settings}.items()
        ]
        (self.profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [program, "--headless", "--marionette", "--no-remote", "--profile"]
        self._process = subprocess.Popen(
            [*command, str(self.profile)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._socket = socket.create_connection(("127.0.0.1", self._port()), timeout=_PATIENCE)
        self._last = 0
        self._receive()
        self.send("WebDriver:NewSession", {})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=_PATIENCE)

    def _port(self) -> int:
        """Return the port that it chose, which it writes into its profile."""
        file, until = self.profile / "MarionetteActivePort", time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if file.exists() and (text := file.read_text()).strip():
                return int(text)
            time.sleep(0.1)
        raise AssertionError("Firefox does not start")

    def send(self, name: str, parameters: dict[str, object]) -> object:
        """Send a command and return its value."""
        self._last += 1
        message = json.dumps([0, self._last, name, parameters]).encode()
        self._socket.sendall(f"{len(message)}:".encode() + message)
        _, _, error, result = cast("list[object]", self._receive())
        assert error is None, error
        return cast("dict[str, object]", result).get("value")

    def _receive(self) -> object:
        length = b""
        while (character := self._socket.recv(1)) != b":":
            length += character
        content = b""
        while len(content) < int(length):
            content += self._socket.recv(int(length) - len(content))
        return json.loads(content)

    def go(self, url: str) -> None:
        """Open a page."""
        self.send("WebDriver:Navigate", {"url": url})

    def run(self, script: str) -> object:
        """Run the body of a function in the page and return what it returns."""
        return self.send("WebDriver:ExecuteScript", {"script": script, "args": []})

    def until(self, condition: str) -> None:
        """Wait until an expression of the page is true."""
        until = time.monotonic() + _PATIENCE
        while not self.run(f"return Boolean({condition})"):
            text = self.run("return document.body.innerText")
            assert time.monotonic() < until, f"never true: {condition}\n{text}"
            time.sleep(0.1)

    def see(self, text: str) -> None:
        """Wait until a text is on the page."""
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def press(self, selector: str) -> None:
        """Click an element as a person does."""
        self.until(f"document.querySelector({json.dumps(selector)})")
        self.send("WebDriver:ElementClick", {"id": self._find(selector)})

    def type(self, selector: str, text: str) -> None:
        """Replace what is in a field."""
        self.until(f"document.querySelector({json.dumps(selector)})")
        element = self._find(selector)
        self.send("WebDriver:ElementClear", {"id": element})
        self.send("WebDriver:ElementSendKeys", {"id": element, "text": text})

    def _find(self, selector: str) -> str:
        place = {"using": "css selector", "value": selector}
        found = self.send("WebDriver:FindElement", {**place})
        return str(cast("dict[str, object]", found)[_ELEMENT])

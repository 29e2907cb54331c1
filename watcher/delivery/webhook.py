"""message -> one signed POST as Standard Webhooks has it -> outcome."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from datetime import datetime

import httpx
from standardwebhooks import Webhook

from watcher.delivery import outcomes
from watcher.model import FetchError, Message, Outcome

TIMEOUT = 20.0  # seconds for the whole exchange: Standard Webhooks recommends 15 to 30
ANSWER_READ = 2048  # bytes of the answer, as they come: enough for a reason, too few for a decompression bomb


class WebhookChannel:
    """A webhook. secrets: `whsec_` and base64; each of them signs, so that the receiver can change over.

    client: decides by its transport which addresses may be reached, and is closed with the channel.
    Raises ValueError for a secret that is none or an address that is none.
    """

    def __init__(
        self, *, name: str, url: str, secrets: Sequence[str], client: httpx.AsyncClient, timeout: float = TIMEOUT
    ) -> None:
        if not secrets:
            raise ValueError("there is no secret to sign with")
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ValueError(f"the address cannot be used: {error}") from None
        self.name, self._client, self._timeout = name, client, timeout
        self._signers = [_signer(secret) for secret in secrets]
        self._asking = 0  # exchanges under way
        self._idle = asyncio.Event()
        self._idle.set()

    async def send(self, message: Message, now: datetime) -> Outcome:
        """One POST, never redirected. Raises nothing for what the other side does."""
        request = self._client.build_request(
            "POST", self._url, content=message.body, headers=self._headers(message, now), timeout=self._timeout
        )
        answer = await self._ask(request)
        if isinstance(answer, Outcome):
            return answer
        response, said = answer
        if response.has_redirect_location:
            said = f"it points to {response.headers['location']}, and no redirect is followed"
        return outcomes.of_http(
            response.status_code, said=said, retry_after=response.headers.get("retry-after"), now=now
        )

    async def greet(self) -> str | None:
        """Why nobody answers at the address. A HEAD, and any answer to it is a good one: hooks take only a POST."""
        answer = await self._ask(self._client.build_request("HEAD", self._url, timeout=self._timeout))
        return answer.reason if isinstance(answer, Outcome) else None

    async def _ask(self, request: httpx.Request) -> tuple[httpx.Response, str] | Outcome:
        """The answer and the start of what it says; an outcome where there is no answer."""
        self._asking += 1
        self._idle.clear()
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request, stream=True, follow_redirects=False)
                try:
                    return response, await _read_start(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            return outcomes.of_silence(f"no answer within {self._timeout:g} s")
        except httpx.HTTPError as error:
            nobody = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            return outcomes.of_silence(f"{type(error).__name__}: {error}", blameless=nobody)
        except FetchError as error:  # an address that the client does not go to
            return outcomes.of_silence(str(error), blameless=True)
        finally:
            self._asking -= 1
            if not self._asking:
                self._idle.set()

    async def close(self) -> None:
        """Once what is under way has its answer, or its time is over: cut off, it would have to be sent again."""
        await self._idle.wait()
        await self._client.aclose()

    def _headers(self, message: Message, now: datetime) -> dict[str, str]:
        text = message.body.decode()
        return {
            "content-type": "application/json",
            "user-agent": "watcher",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(message.id, now, text) for signer in self._signers),
        }


async def _read_start(response: httpx.Response) -> str:
    """The first bytes of an answer that is not good, if they are plain text; the rest is left unread."""
    if response.is_success or "content-encoding" in response.headers:
        return ""
    read = b""
    try:
        async for chunk in response.aiter_raw(ANSWER_READ):
            read += chunk
            if len(read) >= ANSWER_READ:
                break
    except httpx.HTTPError:
        pass  # the status has come and says what to do; a body that was cut says no more
    return read[:ANSWER_READ].decode(errors="replace")


def _signer(secret: str) -> Webhook:
    """Raises ValueError; its message never shows the secret."""
    text = secret.strip().removeprefix("whsec_")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ValueError("a secret is whsec_ and base64")
    return Webhook(key)

"""The gateways against servers that speak their protocol on this machine: signed requests, a real SMTP dialogue."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import http.server
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crm.messaging.gateways import GatewayAway, GatewayRefused, Outgoing, gateway_for
from crm.messaging.gateways.aliyun import AliyunSmsGateway, canonical_query, signed_headers
from crm.messaging.gateways.smtp import SmtpGateway

KEY_ID, SECRET = "LTAI-example", "example-secret"
SMS = Outgoing(key="client:1:k", to="13800138000", body="周先生您好", values={"name": "周先生"})
MAIL = Outgoing(key="client:1:m", to="zhou@example.com", body="正文\n第二行", subject="风险测评到期提醒")


class Provider(http.server.BaseHTTPRequestHandler):
    """The provider's side: checks each signature from the request as it arrived, and answers as it was told to."""

    answers: list[tuple[int, str]]
    calls: list[tuple[str, dict[str, str]]]

    def do_POST(self) -> None:
        place = urlsplit(self.path)
        params = dict(parse_qsl(place.query, keep_blank_values=True))
        if not self.signature_holds(place.query):
            return self.answer(400, '{"Code": "SignatureDoesNotMatch", "Message": "the signature is wrong"}')
        self.calls.append((self.headers["x-acs-action"], params))
        return self.answer(*self.answers.pop(0))

    def signature_holds(self, query: str) -> bool:
        found = re.fullmatch(
            r"ACS3-HMAC-SHA256 Credential=(.+),SignedHeaders=(.+),Signature=([0-9a-f]{64})",
            self.headers["Authorization"],
        )
        if found is None or found[1] != KEY_ID:
            return False
        lines = "".join(f"{name}:{self.headers[name].strip()}\n" for name in found[2].split(";"))
        request = f"POST\n/\n{query}\n{lines}\n{found[2]}\n{self.headers['x-acs-content-sha256']}"
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
        return hmac.new(SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest() == found[3]

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


@contextlib.contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[socketserver.BaseServer]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    class Told(Provider):
        answers: list[tuple[int, str]] = []
        calls: list[tuple[str, dict[str, str]]] = []

    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)) as server:
        settings.ALIYUN_SMS_URL = f"http://127.0.0.1:{server.server_address[1]}"  # type: ignore[index]
        settings.ALIYUN_SMS_KEY_ID, settings.ALIYUN_SMS_KEY_SECRET = KEY_ID, SECRET
        settings.ALIYUN_SMS_SIGNATURE, settings.ALIYUN_SMS_TEMPLATE = "示例证券", "SMS_GENERAL"
        yield Told


OK = (200, '{"Code": "OK", "Message": "OK", "RequestId": "r", "BizId": "900619746936498440^0"}')


class TestAliyun:
    def test_a_signed_request_is_taken(self, provider: type[Provider]) -> None:
        provider.answers.append(OK)
        assert AliyunSmsGateway().send(SMS).number == "900619746936498440^0"
        action, params = provider.calls[0]
        assert action == "SendSms"
        assert (params["PhoneNumbers"], params["SignName"], params["TemplateCode"]) == (
            "13800138000",
            "示例证券",
            "SMS_GENERAL",
        )
        assert json.loads(params["TemplateParam"]) == {"content": "周先生您好"}
        assert len(params["OutId"]) == 64

    def test_a_template_of_theirs_gets_the_values(self, provider: type[Provider]) -> None:
        provider.answers.append(OK)
        AliyunSmsGateway().send(Outgoing(**{**SMS.__dict__, "template_code": "SMS_42"}))
        params = provider.calls[0][1]
        assert (params["TemplateCode"], json.loads(params["TemplateParam"])) == ("SMS_42", {"name": "周先生"})

    def test_a_wrong_secret_is_refused(self, provider: type[Provider], settings: Any) -> None:
        settings.ALIYUN_SMS_KEY_SECRET = "another"
        with pytest.raises(GatewayRefused, match="SignatureDoesNotMatch"):
            AliyunSmsGateway().send(SMS)

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            (200, "isv.MOBILE_NUMBER_ILLEGAL", GatewayRefused),
            (200, "isv.BUSINESS_LIMIT_CONTROL", GatewayAway),
            (400, "Throttling.User", GatewayAway),
            (503, "ServiceUnavailable", GatewayAway),
            (404, "InvalidAction.NotFound", GatewayRefused),
        ],
    )
    def test_what_passes_and_what_does_not(
        self, provider: type[Provider], status: int, code: str, kind: type[Exception]
    ) -> None:
        provider.answers.append((status, json.dumps({"Code": code, "Message": "words"})))
        with pytest.raises(kind, match=code):
            AliyunSmsGateway().send(SMS)

    def test_an_answer_that_is_no_json(self, provider: type[Provider]) -> None:
        provider.answers.append((502, "<html>Bad gateway</html>"))
        with pytest.raises(GatewayAway, match="502"):
            AliyunSmsGateway().send(SMS)

    def test_nobody_there(self, settings: Any) -> None:
        settings.ALIYUN_SMS_URL = "http://127.0.0.1:9"
        with pytest.raises(GatewayAway):
            AliyunSmsGateway().send(SMS)

    def test_found_again_by_our_key(self, provider: type[Provider]) -> None:
        provider.answers.append(OK)
        gateway = AliyunSmsGateway()
        gateway.send(SMS)
        sent = {"OutId": provider.calls[0][1]["OutId"], "PhoneNum": SMS.to}
        details = {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"OutId": "other"}, sent]}}
        provider.answers += [(200, json.dumps(details)), (200, '{"Code": "OK", "TotalCount": 0}')]
        asked = Outgoing(**{**SMS.__dict__, "asked_at": dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)})
        assert gateway.find(asked) is not None
        assert gateway.find(asked) is None
        assert provider.calls[1] == (
            "QuerySendDetails",
            {"PhoneNumber": "13800138000", "SendDate": "20261123", "PageSize": "50", "CurrentPage": "1"},
        )

    def test_the_spelling_that_is_signed(self) -> None:
        assert canonical_query({"b": "空 格+*~", "A": "1"}) == "A=1&b=%E7%A9%BA%20%E6%A0%BC%2B%2A~"
        at = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
        headers = signed_headers("SendSms", "sms.example", "A=1", key_id="k", secret="s", at=at, nonce="n")
        assert headers["x-acs-date"] == "2026-11-22T01:30:00Z"
        assert "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;" in headers["Authorization"]


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server: enough of SMTP to take a mail or to refuse its recipient."""

    refusal = b""
    mails: list[str]

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
            if verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(self.refusal if verb == b"RCPT" and self.refusal else b"250 fine\r\n")


@pytest.fixture
def mailbox(settings: Any) -> Iterator[type[Mailbox]]:
    class Told(Mailbox):
        mails: list[str] = []

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Told)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]  # type: ignore[index]
        settings.DEFAULT_FROM_EMAIL = "service@broker.example"
        yield Told


class TestSmtp:
    def test_a_mail_arrives_with_our_number(self, mailbox: type[Mailbox]) -> None:
        receipt = SmtpGateway().send(MAIL)
        assert f"Message-ID: {receipt.number}" in mailbox.mails[0]
        assert receipt.number.endswith("@broker.example>")
        assert receipt == SmtpGateway().send(MAIL), "the same message has the same number"

    def test_an_unknown_recipient_is_final(self, mailbox: type[Mailbox]) -> None:
        mailbox.refusal = b"550 no such user\r\n"
        with pytest.raises(GatewayRefused, match="no such user"):
            SmtpGateway().send(MAIL)

    def test_a_full_mailbox_passes(self, mailbox: type[Mailbox]) -> None:
        mailbox.refusal = b"452 mailbox full\r\n"
        with pytest.raises(GatewayAway, match="mailbox full"):
            SmtpGateway().send(MAIL)

    def test_nobody_there(self, settings: Any) -> None:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        with pytest.raises(GatewayAway):
            SmtpGateway().send(MAIL)

    def test_it_keeps_no_book(self) -> None:
        with pytest.raises(GatewayAway):
            SmtpGateway().find(MAIL)


def test_the_settings_name_the_gateway(settings: Any) -> None:
    settings.MESSAGE_GATEWAYS = {
        "sms": "crm.messaging.gateways.console.ConsoleGateway",
        "email": "crm.messaging.gateways.smtp.SmtpGateway",
    }
    assert (gateway_for("sms").name, gateway_for("email").name) == ("console", "smtp")
    assert gateway_for("sms").send(SMS).number == SMS.key
    assert gateway_for("sms").find(SMS) is None

"""SMS through Alibaba Cloud's Short Message Service: API version 2017-05-25, requests signed by method V3.

The firm registers its signature and its templates there; our template names theirs by `gateway_code`. A template
without one goes out through a general one with the single variable `content` (`CRM_ALIYUN_SMS_TEMPLATE`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.client
import json
import secrets
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from crm.messaging.gateways.base import GatewayAway, GatewayRefused, Outgoing, Receipt

VERSION = "2017-05-25"
METHOD = "ACS3-HMAC-SHA256"
SECONDS = 10
PAGE = 50  # most details a query gives at once
CHINA = ZoneInfo("Asia/Shanghai")
# Not the message's fault: too many at once, too little credit, their own trouble.
PASSING = ("Throttling", "isv.BUSINESS_LIMIT_CONTROL", "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isp.", "Service")


def canonical_query(params: dict[str, str]) -> str:
    """The parameters in the order and spelling that are signed."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(params[name], safe='-_.~')}" for name in sorted(params))


def signed_headers(
    action: str, host: str, query: str, *, key_id: str, secret: str, at: dt.datetime, nonce: str
) -> dict[str, str]:
    """The headers of a POST without a body to `/?query`, with its signature; `at` is the instant of the request."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", query, lines, names, empty])
    to_sign = f"{METHOD}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return headers | {"Authorization": f"{METHOD} Credential={key_id},SignedHeaders={names},Signature={signature}"}


class AliyunSmsGateway:
    name = "aliyun"

    def send(self, message: Outgoing) -> Receipt:
        """SendSms. Our key travels as OutId, by which `find` knows it again."""
        template = message.template_code or settings.ALIYUN_SMS_TEMPLATE
        values = dict(message.values) if message.template_code else {"content": message.body}
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": message.to,
                "SignName": settings.ALIYUN_SMS_SIGNATURE,
                "TemplateCode": template,
                "TemplateParam": json.dumps(values, ensure_ascii=False),
                "OutId": _out_id(message.key),
            },
        )
        return Receipt(str(answer.get("BizId", "")))

    def find(self, message: Outgoing) -> Receipt | None:
        """QuerySendDetails of the day on which the message was asked for: the one that bears our key."""
        day = (message.asked_at or timezone.now()).astimezone(CHINA)
        answer = self._call(
            "QuerySendDetails",
            {
                "PhoneNumber": message.to,
                "SendDate": f"{day:%Y%m%d}",
                "PageSize": str(PAGE),
                "CurrentPage": "1",
            },
        )
        details = answer.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", [])
        known = any(one.get("OutId") == _out_id(message.key) for one in details)
        return Receipt("") if known else None

    def _call(self, action: str, params: dict[str, str]) -> dict[str, Any]:
        """The answer of one call. Raises GatewayAway or GatewayRefused."""
        place = urlsplit(settings.ALIYUN_SMS_URL)
        query = canonical_query(params)
        headers = signed_headers(
            action,
            place.netloc,
            query,
            key_id=settings.ALIYUN_SMS_KEY_ID,
            secret=settings.ALIYUN_SMS_KEY_SECRET,
            at=timezone.now(),
            nonce=secrets.token_hex(16),
        )
        kind = http.client.HTTPConnection if place.scheme == "http" else http.client.HTTPSConnection
        link = kind(place.netloc, timeout=SECONDS)
        try:
            link.request("POST", f"/?{query}", headers=headers)
            reply = link.getresponse()
            status, text = reply.status, reply.read()
        except (OSError, http.client.HTTPException) as error:
            raise GatewayAway(type(error).__name__) from error
        finally:
            link.close()
        return _judged(status, text)


def _out_id(key: str) -> str:
    """Our key in the form that OutId may have (256 bytes at most, plain)."""
    return hashlib.sha256(key.encode()).hexdigest()


def _judged(status: int, text: bytes) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise GatewayAway(f"HTTP {status}") from error
    code = str(answer.get("Code", ""))
    if code == "OK":
        return answer
    words = f"{code} {answer.get('Message', '')}".strip()[:300] or f"HTTP {status}"
    if status >= http.client.INTERNAL_SERVER_ERROR or code.startswith(PASSING):
        raise GatewayAway(words)
    raise GatewayRefused(words)

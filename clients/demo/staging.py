"""The temporary tables that the demo's SQL draws from: names, branches, people, securities, texts."""

from __future__ import annotations

from clients.demo import names, places, script, texts
from clients.demo.firm import people_by_number
from clients.demo.market import Symbol, symbols
from clients.demo.people import LEAVER, STAFF
from crm.organisation.models import Unit

MULTIPLIER = 73_687_877  # of pg_temp.client_no
POOLS = {
    "manager": "customer_manager",
    "adviser": "adviser",
    "callback": "callback_clerk",
    "counter": "counter_clerk",
    "agent": "call_centre_agent",
}


def stage() -> None:
    """Make the functions and all tables of this session's connection; units and people must exist."""
    script.run("chance", inverse=pow(MULTIPLIER, -1, 100_000_000))
    _stage_names()
    branch_ids = dict(Unit.objects.filter(code__in=places.branch_codes()).values_list("code", "id"))
    _stage_branches(branch_ids)
    _stage_staff(branch_ids)
    _stage_market()
    _stage_texts()


def _stage_names() -> None:
    script.fill("demo_surname", "slot integer PRIMARY KEY, name text", enumerate(names.surname_slots()))
    script.fill("demo_given", "gender text, generation text, slot integer, name text", names.given_slots())
    words = {
        "word": names.COMPANY_WORDS,
        "trade": names.COMPANY_TRADES,
        "form": names.COMPANY_FORMS,
        "road": places.ROADS,
        "estate": places.ESTATES,
    }
    script.fill("demo_word", "kind text, words text[]", [(kind, text.split()) for kind, text in words.items()])


def _stage_branches(branch_ids: dict[str, int]) -> None:
    rows, lower = [], 0.0
    by_code = {place.code: place for place in places.UNITS}
    for code, town in places.TOWNS.items():
        place, upper = by_code[code], lower + town.share
        districts = town.districts.split()
        rows.append((branch_ids[code], code, lower, upper, town.id_prefix, place.province, place.city, districts))
        lower = upper
    columns = "branch_id bigint, code text, lower float8, upper float8, id_prefix text, province text, city text"
    script.fill("demo_branch", f"{columns}, districts text[]", rows)


def _stage_staff(branch_ids: dict[str, int]) -> None:
    """Who serves the clients of each branch, by task; agents of the call centre serve every branch."""
    ids = people_by_number()
    rows = []
    for pool, role in POOLS.items():
        serving = [p for p in STAFF if role in p.roles and p.staff_no != LEAVER]
        for code, branch_id in sorted(branch_ids.items()):
            team = [ids[p.staff_no] for p in serving if pool == "agent" or p.unit == code]
            if team:
                rows.append((pool, branch_id, team))
    script.fill("demo_staff", "pool text, branch_id bigint, ids bigint[]", rows)


def _stage_market() -> None:
    found = symbols()
    rows = [
        (slot, s.symbol, s.exchange, s.base_price, s.board, s.decimals, _slot_for_all(found, slot))
        for slot, s in enumerate(found, start=1)
    ]
    columns = "slot integer PRIMARY KEY, symbol text, exchange text, base_price float8, board text, decimals integer"
    script.fill("demo_symbol", f"{columns}, slot_for_all integer", rows)


def _slot_for_all(found: list[Symbol], slot: int) -> int:
    """The next cheaper security that asks for no permission."""
    return max(i for i, s in enumerate(found, start=1) if not s.board and i <= slot)


def _stage_texts() -> None:
    kinds = [(slot, *row) for slot, row in enumerate(texts.ALERT_KINDS, start=1)]
    script.fill("demo_alert_kind", "slot integer, source text, kind text, summary text", kinds)
    counts: dict[str, int] = {}
    rows = []
    for occasion, *rest in texts.TOPICS:
        counts[occasion] = counts.get(occasion, 0) + 1
        rows.append((occasion, counts[occasion], *rest))
    columns = "occasion text, slot integer, pool text, channel text, direction text, topic text, summary text"
    script.fill("demo_topic", f"{columns}, outcome text", rows)

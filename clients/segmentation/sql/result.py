# ruff: noqa: S608 (statements put together from constants; every value is a parameter)
"""Every client's figures, rounded as the description says, and where they put him."""

# Money that is the result of a division is rounded to 0.01, ratios to 0.0001, half away from zero. A quotient is
# rounded once: the constants give it so many digits that it cannot fall on a half by itself. Days are few (10 digits
# do); average assets as a divisor may have 22 digits.
TEN = "1.0000000000"
THIRTY = "1.000000000000000000000000000000"

# `OFFSET 0` keeps PostgreSQL from writing each expression out again wherever its column is used.
FIGURES = f"""
    SELECT a.client_id, a.branch_id, a.opened_on,
           round(a.window_sum * {TEN} / a.window_days, 2) AS average_assets,
           round(coalesce(w.trades, 0) * {TEN} * 30 / greatest(a.window_days, 30), 4) AS trades_per_month,
           greatest(a.window_days, 30) AS at_least_30,
           coalesce(h.commission_12m, 0) AS commission_12m,
           coalesce(w.trades, 0)::integer AS trades,
           coalesce(w.traded_amount, 0) AS traded_amount,
           a.cash, a.securities,
           round(a.recent_sum * {TEN} / %(recent_days)s::integer, 2) AS recent_mean,
           round(a.earlier_sum * {TEN} / %(earlier_days)s::integer, 2) AS earlier_mean,
           h.last_trade_on,
           coalesce(h.active_months, 0)::smallint AS active_months,
           c.cut, v.movements, v.urgency, v.size
    FROM seg_assets AS a
    LEFT JOIN seg_history AS h USING (client_id)
    LEFT JOIN seg_window AS w USING (client_id)
    LEFT JOIN seg_cut AS c USING (branch_id)
    LEFT JOIN (
        SELECT client_id, max(urgency) AS urgency, (array_agg(size ORDER BY urgency DESC, size DESC))[1] AS size,
               jsonb_agg(movement ORDER BY urgency DESC, size DESC, movement) AS movements
        FROM seg_movement
        GROUP BY client_id
    ) AS v USING (client_id)
    OFFSET 0
"""

# Tier: the highest whose threshold is reached. Turnover: 0 without positive average assets.
PLACED = f"""
    SELECT f.*,
           CASE WHEN f.average_assets >= %(diamond)s::numeric THEN 4
                WHEN f.average_assets >= %(platinum)s::numeric THEN 3
                WHEN f.average_assets >= %(gold)s::numeric THEN 2
                WHEN f.average_assets >= %(silver)s::numeric THEN 1
                ELSE 0 END AS card,
           CASE WHEN f.average_assets > 0 AND f.traded_amount > 0
                THEN round(f.traded_amount * {THIRTY} * 30 / (f.average_assets * f.at_least_30), 4)
                ELSE 0 END AS turnover_ratio
    FROM figures AS f
    OFFSET 0
"""

# What each group's rule says, over the columns of PLACED. Comparisons with a share are products, never rounded.
MATCHES = {
    "dormant": """securities = 0 AND cash < %(cash_below)s::numeric AND opened_on <= %(dormant_since)s::date
            AND (last_trade_on IS NULL OR last_trade_on <= %(dormant_since)s::date)""",
    "movement": "movements IS NOT NULL",
    "new": "opened_on > %(new_after)s::date",
    "core": "card >= %(core_card)s::integer OR (commission_12m > 0 AND commission_12m >= cut)",
    "at_risk": """recent_mean <= %(risk_share)s::numeric * earlier_mean
            AND earlier_mean >= %(risk_floor)s::numeric""",
    "no_trade": "opened_on <= %(new_after)s::date AND last_trade_on IS NULL",
}


def result(order: tuple[str, ...]) -> str:
    """What leaves `seg_result`: one row a client of the run, its matches in the policy's `order`.

    By its index it is compared with standings in the order of clients: one pass over both, page after page.
    """
    checks = ",\n        ".join(f"CASE WHEN {MATCHES[group]} THEN '{group}' END" for group in order)
    return f"""
CREATE UNIQUE INDEX seg_cut_branch ON seg_cut (branch_id);
CREATE TEMP TABLE seg_result AS
WITH figures AS ({FIGURES}), placed AS ({PLACED})
SELECT client_id, branch_id,
       (ARRAY['none', 'silver', 'gold', 'platinum', 'diamond'])[card + 1] AS tier,
       CASE WHEN trades_per_month >= %(trader_trades)s::numeric OR turnover_ratio >= %(trader_turnover)s::numeric
            THEN 'trader' ELSE 'investor' END AS style,
       coalesce(matches[1], 'general') AS "group",
       matches, average_assets, trades_per_month, turnover_ratio, commission_12m, trades, traded_amount,
       cash + securities AS total_assets, securities, recent_mean, earlier_mean, last_trade_on, active_months,
       CASE WHEN 'movement' = ANY (matches) THEN jsonb_build_object('movements', movements) END AS reasons,
       CASE WHEN 'movement' = ANY (matches) THEN urgency ELSE 0 END::smallint AS movement_urgency,
       CASE WHEN 'movement' = ANY (matches) THEN size ELSE 0 END AS movement_size
FROM placed
CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
        {checks}
    ]::varchar[], NULL) AS matches OFFSET 0) AS matched;
CREATE UNIQUE INDEX seg_result_client ON seg_result (client_id)
"""


# How many clients are where, and what they hold: every count of a run comes from here.
PLACES = """
CREATE TEMP TABLE seg_place AS
SELECT branch_id, tier, style, "group", matches, count(*) AS clients, sum(total_assets) AS assets
FROM seg_result
GROUP BY branch_id, tier, style, "group", matches
"""

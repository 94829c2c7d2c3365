-- More clients who do what others did: facts of the clients first made (models.sql), copied for those numbered `shift`
-- higher. In: shift, size (how many). Amounts differ by up to a seventh, so that nobody is quite like another.

DROP TABLE IF EXISTS demo_copy;
CREATE TEMP TABLE demo_copy AS
SELECT o.id AS model_id, c.id AS client_id, m.n + %(shift)s AS n,
       (0.87 + 0.26 * pg_temp.chance(m.n + %(shift)s, 'factor'))::numeric(6, 4) AS factor
FROM generate_series(1, %(size)s) AS m (n)
JOIN clients_client AS o ON o.client_no = pg_temp.client_no(m.n)
JOIN clients_client AS c ON c.client_no = pg_temp.client_no(m.n + %(shift)s);
CREATE UNIQUE INDEX ON demo_copy (model_id);
ANALYZE demo_copy;

INSERT INTO clients_assetsnapshot (client_id, day, cash, securities)
SELECT c.client_id, a.day, round(a.cash * c.factor, 2), round(a.securities * c.factor, 2)
FROM demo_copy AS c JOIN model_asset AS a ON a.client_id = c.model_id
ORDER BY a.day, c.client_id;

INSERT INTO clients_trade (
    trade_no, client_id, day, traded_at, market, symbol, side, quantity, amount, commission, channel, order_no)
SELECT left(t.trade_no, 6) || lpad(c.n::text, 7, '0') || substr(t.trade_no, 14), c.client_id, t.day, t.traded_at,
       t.market, t.symbol, t.side, t.quantity, round(t.amount * c.factor, 2), round(t.commission * c.factor, 2),
       t.channel, left(t.order_no, 6) || lpad(c.n::text, 7, '0') || substr(t.order_no, 14)
FROM demo_copy AS c JOIN model_trade AS t ON t.client_id = c.model_id
ORDER BY t.day, c.n;

INSERT INTO clients_cashflow (flow_no, client_id, day, occurred_at, direction, amount, kind)
SELECT left(f.flow_no, 6) || lpad(c.n::text, 7, '0') || substr(f.flow_no, 14), c.client_id, f.day, f.occurred_at,
       f.direction, greatest(0.01, round(f.amount * c.factor, 2)), f.kind
FROM demo_copy AS c JOIN model_flow AS f ON f.client_id = c.model_id
ORDER BY f.day, c.n;

INSERT INTO clients_riskassessment (client_id, assessed_on, level, score, valid_until)
SELECT c.client_id, a.assessed_on, a.level, a.score, a.valid_until
FROM demo_copy AS c JOIN model_assessment AS a ON a.client_id = c.model_id
ORDER BY a.assessed_on, c.client_id;

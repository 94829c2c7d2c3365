-- Numbers by chance that are the same every time: a hash of who (the client's running number), what and which.
-- Functions of this session alone (pg_temp), so the runtime role may make them; PostgreSQL inlines them.

CREATE OR REPLACE FUNCTION pg_temp.chance(n bigint, what text, which bigint DEFAULT 0) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- Evenly from 0 (included) to 1 (excluded).
    SELECT (hashint8extended(n, hashtextextended(what, which)) & 9007199254740991)::float8 / 9007199254740992.0
$$;

CREATE OR REPLACE FUNCTION pg_temp.draw(n bigint, what text, which bigint, sides bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A whole number from 1 to `sides`, evenly.
    SELECT (1 + floor(pg_temp.chance(n, what, which) * sides))::integer
$$;

CREATE OR REPLACE FUNCTION pg_temp.client_no(n bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- 1080 and eight digits that do not show the order of opening; another number for every n below 10^8.
    SELECT '1080' || lpad(mod(n * 73687877 + 23144770, 100000000)::text, 8, '0')
$$;

CREATE OR REPLACE FUNCTION pg_temp.client_n(client_no text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- The running number behind a client number.
    SELECT mod((substr(client_no, 5)::bigint - 23144770 + 100000000) * %(inverse)s, 100000000)
$$;

CREATE OR REPLACE FUNCTION pg_temp.at(day date, seconds float8) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A time of that day in Shanghai, whole seconds after midnight.
    SELECT (day + make_interval(secs => floor(seconds))) AT TIME ZONE 'Asia/Shanghai'
$$;

CREATE OR REPLACE FUNCTION pg_temp.wealth(u float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- What a client keeps with the firm in ordinary times, in CNY: a few have most of it. `u` evenly from 0 to 1.
    SELECT exp(CASE
        WHEN u < 0.15 THEN 7.6 + u / 0.15 * (10.1 - 7.6)                            -- 2,000 … 24,000
        WHEN u < 0.50 THEN 10.1 + (u - 0.15) / 0.35 * (12.2 - 10.1)                 -- … 200,000
        WHEN u < 0.725 THEN 12.2 + (u - 0.50) / 0.225 * (13.8155 - 12.2)              -- … 1,000,000
        WHEN u < 0.925 THEN 13.8155 + (u - 0.725) / 0.2 * (14.9141 - 13.8155)      -- … 3,000,000
        WHEN u < 0.981 THEN 14.9141 + (u - 0.925) / 0.056 * (16.1181 - 14.9141)     -- … 10,000,000
        ELSE 16.1181 + (u - 0.981) / 0.019 * (18.4 - 16.1181)                       -- … 98,000,000
    END)
$$;

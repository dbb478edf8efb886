-- What accounts held according to their statements, and the person's work on it. What imported files state stands in
-- import_batch.totals and is no row here; an assertion is named by its content (account, day, currency, balance), so
-- that two files that state the same, or a file read again, are one.
-- typed, withdrawn: by the person; reconciled, reopened; adjusted, started: booked `entry`, undone: took that back.
CREATE TABLE assertion_event (
    owner uuid NOT NULL,
    assertion uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (
        event IN ('typed', 'withdrawn', 'reconciled', 'reopened', 'adjusted', 'started', 'undone')
    ),
    account uuid NOT NULL,
    stated_on date NOT NULL,
    amount bigint NOT NULL,
    currency varchar NOT NULL,
    entry uuid,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- Which rows the person found on the paper statement; the latest seq of an assertion and entry counts.
CREATE TABLE assertion_tick (
    owner uuid NOT NULL,
    assertion uuid NOT NULL,
    seq bigint NOT NULL,
    entry uuid NOT NULL,
    ticked boolean NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- The latest word on whether it was typed in, on whether it is reconciled, and on each entry that was booked for it.
CREATE VIEW published_assertion AS
    SELECT owner, assertion, matter, event, account, stated_on, amount, currency, entry, recorded_at, seq FROM (
        SELECT m.*, row_number() OVER (PARTITION BY owner, assertion, matter, entry ORDER BY seq DESC) AS newest FROM (
            SELECT e.*, CASE WHEN event IN ('typed', 'withdrawn') THEN 'typed'
                             WHEN event IN ('reconciled', 'reopened') THEN 'reconciled' ELSE 'booked' END AS matter
            FROM assertion_event e
        ) m
    ) n WHERE newest = 1;

CREATE VIEW published_tick AS
    SELECT owner, assertion, entry FROM (
        SELECT t.*, row_number() OVER (PARTITION BY owner, assertion, entry ORDER BY seq DESC) AS newest
        FROM assertion_tick t
    ) n WHERE newest = 1 AND ticked;

-- Every posting that stands, as the account's own statement dates it: where an entry stands for two rows, the row that
-- moved the money says the day and the file. An entry that was taken back and its reversal are both left out.
CREATE VIEW published_account_row AS
    WITH undone AS (
        SELECT r.owner, r.reverses AS entry FROM entry r
        WHERE r.reverses IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM entry x WHERE x.owner = r.owner AND x.reverses = r.id)
    ),
    bank AS (
        SELECT r.owner, r.kept AS entry, x.currency, x.amount, min(m.booked_on) AS booked_on, min(m.batch) AS batch
        FROM published_pair r
        JOIN entry m ON m.owner = r.owner AND m.id = r.moved
        JOIN posting x ON x.owner = m.owner AND x.entry = m.id AND x.line = 0
        WHERE r.state IN ('applied', 'accepted') AND r.kept <> r.moved
        GROUP BY r.owner, r.kept, x.currency, x.amount
    )
    SELECT p.owner, p.account, p.currency, p.amount, p.entry, e.seq, e.kind, e.occurred_at,
        coalesce(b.booked_on, e.booked_on) AS stated_on, e.booked_on, coalesce(b.batch, e.batch) AS batch,
        e.payee, e.description, e.note
    FROM posting p
    JOIN entry e ON e.owner = p.owner AND e.id = p.entry
    LEFT JOIN bank b ON b.owner = p.owner AND b.entry = p.entry AND b.currency = p.currency AND b.amount = p.amount
    WHERE e.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.owner = e.owner AND u.entry = e.id);

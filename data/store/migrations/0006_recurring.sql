-- What a person said about series of payments that come back; the series themselves are found anew from the facts. Of a
-- series and field the latest row counts that was not taken back (undoes: the seq of the row that is taken back; such a
-- row says nothing else). seq counts within the owner. value is JSON text. verdict: "confirmed" or "ignored"; name:
-- "text"; kind: "subscription" …; next: {"on", "amount_minor"}; ended: true or false.
-- side, payee_key, currency, cadence and anchors say which series is meant, the latest row of a series counts. anchors:
-- payments of it, JSON [[seq of the entry, "date", minor units]]: they are known again when their rows are read anew.
CREATE TABLE recurring_word (
    owner uuid NOT NULL,
    series uuid NOT NULL,
    seq bigint NOT NULL,
    field varchar NOT NULL CHECK (field IN ('verdict', 'name', 'kind', 'next', 'ended')),
    value varchar NOT NULL,
    undoes bigint,
    side varchar NOT NULL CHECK (side IN ('out', 'in', 'moved')),
    payee_key varchar NOT NULL,
    currency varchar NOT NULL,
    cadence varchar NOT NULL,
    anchors varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL,
    PRIMARY KEY (owner, seq)
);

CREATE VIEW published_recurring_word AS
    SELECT owner, series, seq, field, value, recorded_at FROM (
        SELECT w.*, row_number() OVER (PARTITION BY w.owner, w.series, w.field ORDER BY w.seq DESC) AS newest
        FROM recurring_word w
        WHERE w.undoes IS NULL
            AND NOT EXISTS (SELECT 1 FROM recurring_word u WHERE u.owner = w.owner AND u.undoes = w.seq)
    ) e WHERE newest = 1;

CREATE VIEW published_recurring_mark AS
    SELECT owner, series, side, payee_key, currency, cadence, anchors FROM (
        SELECT w.*, row_number() OVER (PARTITION BY w.owner, w.series ORDER BY w.seq DESC) AS newest
        FROM recurring_word w
    ) e WHERE newest = 1;

CREATE VIEW published_working_day AS SELECT day, is_workday FROM working_day;

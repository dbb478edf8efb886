-- Two rows that are one event: a wallet's row and the bank row that funded it, both ends of a transfer. The latest seq
-- of a pair counts. While it is applied or accepted, `kept` stands for both; the other, or both where kept is a third
-- entry, are reversed, and reversed back when it is undone. described: tells what it was; moved: states the movement.
-- rejected, undone: by a person, so it is never applied by itself again; lapsed: its rows are gone or fit better elsewhere.
-- whole: both state the same amount. confidence: of 10,000. evidence: JSON, [{"code", "value", "points"}]
CREATE TABLE pair_event (
    owner uuid NOT NULL,
    pair uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('proposed', 'applied', 'accepted', 'rejected', 'undone', 'lapsed')),
    described uuid NOT NULL,
    moved uuid NOT NULL,
    kept uuid,
    whole boolean NOT NULL,
    confidence integer NOT NULL,
    evidence varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE VIEW published_pair AS
    SELECT owner, pair, seq, event AS state, described, moved, kept, whole, confidence, evidence, recorded_at, actor FROM (
        SELECT p.*, row_number() OVER (PARTITION BY owner, pair ORDER BY seq DESC) AS newest FROM pair_event p
    ) e WHERE newest = 1;

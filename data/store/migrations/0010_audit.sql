-- The audit chain: one link for each commit, written in it, over the rows that it appended to the chained tables
-- (data/store/chained.py). parts: 'table rows digest' joined by ';'. head: sha-256 over the head before and all of this.
-- kind: 'rows' of one commit; 'base' over all rows there are, after the store changed its shape or its key.
CREATE TABLE audit_link (
    number bigint NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('base', 'rows')),
    parts varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    head varchar NOT NULL
);

-- What is sealed under the key for the key's own sake. check: opens with the right key only; fingerprints: the secret
-- behind the fingerprints of cards, which outlives the key that it began as.
CREATE TABLE sealing (
    name varchar NOT NULL CHECK (name IN ('check', 'fingerprints')),
    sealed varchar NOT NULL,
    changed_at timestamp NOT NULL,
    PRIMARY KEY (name)
);

-- A copy of the store that was made by itself or by the operator: where, how large, up to which link, and what its
-- verification found. broken: the first promise that does not hold, '' when all do. reason: why it failed.
CREATE TABLE backup_event (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('made', 'failed')),
    file varchar NOT NULL,
    bytes bigint NOT NULL,
    link bigint NOT NULL,
    head varchar NOT NULL,
    broken varchar NOT NULL,
    reason varchar NOT NULL,
    recorded_at timestamp NOT NULL
);

CREATE VIEW published_link AS SELECT number, kind, recorded_at, head FROM audit_link;
CREATE VIEW published_backup AS SELECT * FROM backup_event;

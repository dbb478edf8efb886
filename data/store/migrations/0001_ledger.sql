-- The ledger and what hangs on it. Large tables carry no index: every query names its owner, rows arrive in owner and
-- date order, and the writer checks uniqueness before it appends (an ART index over millions of rows costs memory and
-- time on every append). Instants are UTC without zone; dates are the person's local dates.

-- The whole number in total * upto / whole, exact at any size. It is the one thing the two engines spell differently
-- (PostgreSQL: div over numeric), so it has a name and no query divides.
CREATE MACRO floor_share(total, upto, whole) AS cast((cast(total AS hugeint) * upto) // whole AS bigint);

CREATE TABLE request (
    owner uuid NOT NULL,
    scope varchar NOT NULL,
    request_id varchar NOT NULL,
    content_hash varchar NOT NULL,
    receipt varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    PRIMARY KEY (owner, scope, request_id)
);

CREATE TABLE account (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense', 'equity')),
    hint_key varchar NOT NULL,
    label varchar NOT NULL,
    institution varchar NOT NULL,
    last4 varchar NOT NULL,
    opened_at timestamp NOT NULL,
    PRIMARY KEY (owner, id),
    UNIQUE (owner, hint_key)
);

-- renamed (value: new name), closed, reopened, merged (value: the account it went into), unmerged,
-- kind_set (value: asset or liability; a statement that names only the bank cannot tell a credit card)
CREATE TABLE account_event (
    owner uuid NOT NULL,
    account uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('renamed', 'closed', 'reopened', 'merged', 'unmerged', 'kind_set')),
    value varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE entry (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('expense', 'income', 'refund', 'transfer', 'fee', 'adjustment', 'opening', 'reversal')),
    occurred_at timestamp NOT NULL,
    booked_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL,
    batch uuid,
    reverses uuid,
    refund_of uuid,
    payee varchar NOT NULL,
    payee_key varchar NOT NULL,
    description varchar NOT NULL,
    method varchar NOT NULL,
    note varchar NOT NULL
);

CREATE TABLE posting (
    owner uuid NOT NULL,
    entry uuid NOT NULL,
    line integer NOT NULL,
    account uuid NOT NULL,
    amount bigint NOT NULL,
    currency varchar NOT NULL,
    category varchar,
    lot uuid
);

-- The latest seq of a field counts; value is JSON text, and null takes the field back to what the entry itself says.
-- category: "key"; note: "text"; tags: ["a", "b"]; payee: {"name", "key"}; excluded: true or false;
-- split: [{"category", "amount_minor"}], positive, adding up to the entry's amount; refund_of: "entry id" (null: unlinked)
CREATE TABLE annotation (
    owner uuid NOT NULL,
    entry uuid NOT NULL,
    seq bigint NOT NULL,
    field varchar NOT NULL,
    value varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- sha256: over what was read of the file (lines with their identities, skipped rows, problems); totals: JSON
CREATE TABLE import_batch (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    file varchar NOT NULL,
    format varchar NOT NULL,
    encoding varchar NOT NULL,
    sha256 varchar NOT NULL,
    imported_at timestamp NOT NULL,
    actor uuid NOT NULL,
    lines integer NOT NULL,
    duplicates integer NOT NULL,
    skipped integer NOT NULL,
    problems integer NOT NULL,
    first_on date,
    last_on date,
    totals varchar NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE import_undo (
    owner uuid NOT NULL,
    batch uuid NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL,
    PRIMARY KEY (owner, batch)
);

-- fingerprint: the first 128 bits of sha-256 over the line's identity; ordinal: the nth twin within one file.
-- refund_keys: JSON list of ids under which the original of a refund may be known. reason: of a booked line
-- '' or 'inline_refund' (the refund that a purchase states about itself). cells: JSON, of a row's first part only.
CREATE TABLE statement_line (
    owner uuid NOT NULL,
    batch uuid NOT NULL,
    line integer NOT NULL,
    part integer NOT NULL,
    sheet varchar NOT NULL,
    outcome varchar NOT NULL CHECK (outcome IN ('booked', 'duplicate', 'skipped', 'problem', 'left_out')),
    reason varchar NOT NULL,
    fingerprint uuid,
    ordinal integer NOT NULL,
    entry uuid,
    order_id varchar NOT NULL,
    merchant_order_id varchar NOT NULL,
    refund_keys varchar NOT NULL,
    source_category varchar NOT NULL,
    mcc varchar NOT NULL,
    status varchar NOT NULL,
    cells varchar NOT NULL
);

-- The read model of spending: one row for each effective part of every standing entry, rewritten whenever an entry or
-- an annotation changes it, in the same commit. amount: change of the own account, signed. spending: expenses and fees
-- positive, refunds negative, else 0. income: incomes positive, else 0. month: start of the person's month.
CREATE TABLE fact (
    owner uuid NOT NULL,
    booked_on date NOT NULL,
    month date NOT NULL,
    purchase_on date NOT NULL,
    purchase_month date NOT NULL,
    occurred_at timestamp NOT NULL,
    seq bigint NOT NULL,
    entry uuid NOT NULL,
    part integer NOT NULL,
    kind varchar NOT NULL,
    account uuid NOT NULL,
    counter uuid,
    category varchar,
    payee varchar NOT NULL,
    payee_key varchar NOT NULL,
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    spending bigint NOT NULL,
    income bigint NOT NULL,
    excluded boolean NOT NULL,
    refund_of uuid,
    batch uuid,
    description varchar NOT NULL,
    method varchar NOT NULL,
    note varchar NOT NULL,
    tags varchar NOT NULL,
    split boolean NOT NULL
);

CREATE TABLE custom_category (
    owner uuid NOT NULL,
    key varchar NOT NULL,
    parent varchar,
    kind varchar NOT NULL,
    name varchar NOT NULL,
    icon varchar NOT NULL,
    colour integer NOT NULL,
    archived boolean NOT NULL,
    PRIMARY KEY (owner, key)
);

CREATE TABLE payee_rule (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    position integer NOT NULL,
    body varchar NOT NULL,
    active boolean NOT NULL,
    changed_at timestamp NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE learned_payee (
    owner uuid NOT NULL,
    payee_key varchar NOT NULL,
    category varchar NOT NULL,
    changed_at timestamp NOT NULL,
    PRIMARY KEY (owner, payee_key)
);

CREATE TABLE column_mapping (
    owner uuid NOT NULL,
    signature varchar NOT NULL,
    account_key varchar NOT NULL,
    body varchar NOT NULL,
    changed_at timestamp NOT NULL,
    PRIMARY KEY (owner, signature)
);

-- category '' is the overall limit; amount NULL removes the limit from that month on; the latest seq wins
CREATE TABLE budget_limit (
    owner uuid NOT NULL,
    category varchar NOT NULL,
    currency varchar NOT NULL,
    from_month date NOT NULL,
    amount bigint,
    carry varchar NOT NULL CHECK (carry IN ('none', 'surplus', 'signed')),
    seq bigint NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE budget_alert (
    owner uuid NOT NULL,
    month date NOT NULL,
    category varchar NOT NULL,
    currency varchar NOT NULL,
    threshold integer NOT NULL,
    event varchar NOT NULL CHECK (event IN ('raised', 'dismissed')),
    recorded_at timestamp NOT NULL,
    PRIMARY KEY (owner, month, category, currency, threshold, event)
);

CREATE VIEW published_fact AS SELECT * FROM fact;
CREATE VIEW published_entry AS SELECT * FROM entry;
CREATE VIEW published_posting AS SELECT * FROM posting;
CREATE VIEW published_annotation AS SELECT * FROM annotation;
CREATE VIEW published_batch AS
    SELECT b.*, u.recorded_at AS undone_at
    FROM import_batch b LEFT JOIN import_undo u ON u.owner = b.owner AND u.batch = b.id;
CREATE VIEW published_statement_line AS SELECT * FROM statement_line;
CREATE VIEW published_category AS SELECT * FROM custom_category;
CREATE VIEW published_rule AS SELECT * FROM payee_rule;
CREATE VIEW published_mapping AS SELECT * FROM column_mapping;
CREATE VIEW published_limit AS SELECT * FROM budget_limit;
CREATE VIEW published_alert AS SELECT * FROM budget_alert;
CREATE VIEW published_account AS
    WITH latest AS (
        SELECT owner, account, event, value,
            row_number() OVER (
                PARTITION BY owner, account,
                    CASE WHEN event IN ('closed', 'reopened') THEN 'state'
                         WHEN event IN ('merged', 'unmerged') THEN 'merge' ELSE event END
                ORDER BY seq DESC
            ) AS newest
        FROM account_event
    )
    SELECT a.owner, a.id, coalesce(k.value, a.kind) AS kind, a.hint_key, a.institution, a.last4, a.opened_at,
        coalesce(n.value, a.label) AS name,
        coalesce(s.event = 'closed', false) AS closed,
        CASE WHEN m.event = 'merged' THEN cast(m.value AS uuid) END AS merged_into
    FROM account a
    LEFT JOIN latest n ON n.owner = a.owner AND n.account = a.id AND n.event = 'renamed' AND n.newest = 1
    LEFT JOIN latest k ON k.owner = a.owner AND k.account = a.id AND k.event = 'kind_set' AND k.newest = 1
    LEFT JOIN latest s ON s.owner = a.owner AND s.account = a.id AND s.event IN ('closed', 'reopened') AND s.newest = 1
    LEFT JOIN latest m ON m.owner = a.owner AND m.account = a.id AND m.event IN ('merged', 'unmerged') AND m.newest = 1;

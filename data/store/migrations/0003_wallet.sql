-- The wallet: who takes money, cards, payments and refunds, points, coupons, limits. Everything that happened is appended;
-- a state is the latest event. No table carries an index besides the request ids: the writer decides uniqueness in memory
-- (LEDGER §9), readers read one owner's slice. A merchant is the owner of its own books; so is the issuer.

-- Two kinds more: 'hold' sets money aside or releases it, 'points' moves points only. An ALTER cannot widen a CHECK.
CREATE TABLE entry_widened (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('expense', 'income', 'refund', 'transfer', 'fee', 'adjustment', 'opening',
        'reversal', 'hold', 'points')),
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
INSERT INTO entry_widened SELECT * FROM entry;
DROP TABLE entry;
ALTER TABLE entry_widened RENAME TO entry;

CREATE TABLE merchant (
    owner uuid NOT NULL,
    proprietor uuid,
    code varchar NOT NULL,
    name varchar NOT NULL,
    mcc varchar NOT NULL,
    category varchar NOT NULL,
    city varchar NOT NULL,
    address varchar NOT NULL,
    contact varchar NOT NULL,
    currency varchar NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp NOT NULL
);

-- changed (value: JSON of the fields that are new), closed, reopened
CREATE TABLE merchant_event (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('changed', 'closed', 'reopened')),
    value varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- fingerprint: HMAC-SHA256 of the number under the store's key; token: sealed. The number itself is nowhere.
CREATE TABLE card (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    code varchar NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('debit', 'credit')),
    brand varchar NOT NULL,
    bank varchar NOT NULL,
    last4 varchar NOT NULL,
    expires_on date NOT NULL,
    token varchar NOT NULL,
    fingerprint varchar NOT NULL,
    account uuid NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp NOT NULL
);

CREATE TABLE card_event (
    owner uuid NOT NULL,
    card uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('unbound', 'made_default')),
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE wallet_status (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('frozen', 'unfrozen')),
    reason varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- The highest seq whose from_on has come counts; NULL: no such limit.
CREATE TABLE wallet_limit (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    currency varchar NOT NULL,
    per_payment bigint,
    per_day bigint,
    per_month bigint,
    from_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- gross = coupon + points_minor + cash. coupon_merchant: the part of coupon that the merchant bears. card NULL: paid from
-- the wallet. claims: JSON [[claim, off]]; lots: JSON [[lot, points]] in the order taken; earn: JSON [per unit, basis
-- points, cap] for the claw-back. state: as it was when it began; payment_event has what followed.
CREATE TABLE payment (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    request_id varchar NOT NULL,
    merchant uuid NOT NULL,
    state varchar NOT NULL CHECK (state IN ('processing', 'captured')),
    currency varchar NOT NULL,
    gross bigint NOT NULL,
    coupon bigint NOT NULL,
    coupon_merchant bigint NOT NULL,
    points bigint NOT NULL,
    points_minor bigint NOT NULL,
    cash bigint NOT NULL,
    card uuid,
    claims varchar NOT NULL,
    lots varchar NOT NULL,
    earned bigint NOT NULL,
    earn varchar NOT NULL,
    earn_expires_on date,
    category varchar NOT NULL,
    pay_code uuid,
    note varchar NOT NULL,
    occurred_at timestamp NOT NULL,
    booked_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- The entry of a payment has the payment's own id.
CREATE TABLE payment_event (
    owner uuid NOT NULL,
    payment uuid NOT NULL,
    seq bigint NOT NULL,
    state varchar NOT NULL CHECK (state IN ('captured', 'declined', 'manual')),
    reason varchar NOT NULL,
    occurred_at timestamp NOT NULL,
    recorded_at timestamp NOT NULL
);

CREATE TABLE money_transfer (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    request_id varchar NOT NULL,
    recipient uuid NOT NULL,
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    note varchar NOT NULL,
    occurred_at timestamp NOT NULL,
    booked_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- Money asked of or sent to a card's bank. about: the payment or refund it serves, or its own id. The charge's id is the
-- bank's idempotency key.
CREATE TABLE charge (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    request_id varchar NOT NULL,
    card uuid NOT NULL,
    purpose varchar NOT NULL CHECK (purpose IN ('pay', 'top_up', 'withdraw')),
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    occurred_at timestamp NOT NULL,
    booked_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE charge_event (
    owner uuid NOT NULL,
    charge uuid NOT NULL,
    seq bigint NOT NULL,
    state varchar NOT NULL CHECK (state IN ('approved', 'declined', 'unknown', 'manual')),
    attempt integer NOT NULL,
    reason varchar NOT NULL,
    next_at timestamp,
    occurred_at timestamp NOT NULL,
    recorded_at timestamp NOT NULL
);

CREATE TABLE refund (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    request_id varchar NOT NULL,
    payment uuid NOT NULL,
    merchant uuid NOT NULL,
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    reason varchar NOT NULL,
    note varchar NOT NULL,
    attachment uuid,
    occurred_at timestamp NOT NULL,
    booked_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- What a state brought: due_on and how it falls on cash, points and coupon with confirmation; the same, clawed and debt
-- with crediting.
CREATE TABLE refund_event (
    owner uuid NOT NULL,
    refund uuid NOT NULL,
    seq bigint NOT NULL,
    state varchar NOT NULL CHECK (state IN ('confirmed', 'rejected', 'cancelled', 'processing', 'credited', 'failed',
        'manual')),
    reason varchar NOT NULL,
    attempt integer NOT NULL,
    due_on date,
    estimated boolean NOT NULL,
    cash bigint NOT NULL,
    points bigint NOT NULL,
    coupon bigint NOT NULL,
    clawed bigint NOT NULL,
    debt bigint NOT NULL,
    redirected boolean NOT NULL,
    occurred_at timestamp NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE attachment (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    name varchar NOT NULL,
    media_type varchar NOT NULL,
    content blob NOT NULL,
    recorded_at timestamp NOT NULL
);

-- Points earned together. What is left of a lot is the sum of its postings.
CREATE TABLE points_lot (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    payment uuid,
    earned_on date NOT NULL,
    expires_on date,
    recorded_at timestamp NOT NULL
);

CREATE TABLE coupon (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    code varchar NOT NULL,
    body varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE coupon_claim (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    coupon uuid NOT NULL,
    recorded_at timestamp NOT NULL
);

-- until: of a returned coupon, how long it may be used again.
CREATE TABLE coupon_event (
    owner uuid NOT NULL,
    claim uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL CHECK (event IN ('reserved', 'used', 'released', 'returned', 'lost')),
    payment uuid NOT NULL,
    until timestamp,
    recorded_at timestamp NOT NULL
);

-- body: JSON of data.ledger.points.EarnRule; the latest seq of a code counts.
CREATE TABLE earn_rule (
    owner uuid NOT NULL,
    code varchar NOT NULL,
    seq bigint NOT NULL,
    body varchar NOT NULL,
    active boolean NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- A code that a merchant shows for one payment.
CREATE TABLE pay_code (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    note varchar NOT NULL,
    expires_at timestamp NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE TABLE working_day (
    owner uuid NOT NULL,
    day date NOT NULL,
    is_workday boolean NOT NULL,
    source varchar NOT NULL,
    PRIMARY KEY (owner, day)
);

CREATE VIEW published_merchant AS
    SELECT m.owner, m.proprietor, m.code, m.currency, m.recorded_at AS opened_at,
        coalesce(json_extract_string(c.value, '$.name'), m.name) AS name,
        coalesce(json_extract_string(c.value, '$.mcc'), m.mcc) AS mcc,
        coalesce(json_extract_string(c.value, '$.category'), m.category) AS category,
        coalesce(json_extract_string(c.value, '$.city'), m.city) AS city,
        coalesce(json_extract_string(c.value, '$.address'), m.address) AS address,
        coalesce(json_extract_string(c.value, '$.contact'), m.contact) AS contact,
        coalesce(s.event = 'closed', false) AS closed
    FROM merchant m
    LEFT JOIN (SELECT owner, value, row_number() OVER (PARTITION BY owner ORDER BY seq DESC) AS newest
        FROM merchant_event WHERE event = 'changed') c ON c.owner = m.owner AND c.newest = 1
    LEFT JOIN (SELECT owner, event, row_number() OVER (PARTITION BY owner ORDER BY seq DESC) AS newest
        FROM merchant_event WHERE event <> 'changed') s ON s.owner = m.owner AND s.newest = 1;

CREATE VIEW published_payment AS
    SELECT p.*, coalesce(e.state, p.state) AS state_now, coalesce(e.reason, '') AS reason,
        coalesce(e.occurred_at, p.occurred_at) AS state_at
    FROM payment p
    LEFT JOIN (SELECT owner, payment, state, reason, occurred_at,
            row_number() OVER (PARTITION BY owner, payment ORDER BY seq DESC) AS newest
        FROM payment_event) e ON e.owner = p.owner AND e.payment = p.id AND e.newest = 1;

CREATE VIEW published_refund_event AS SELECT * FROM refund_event;

CREATE VIEW published_refund AS
    SELECT r.*, coalesce(e.state, 'requested') AS state, coalesce(e.reason, '') AS state_reason,
        coalesce(e.occurred_at, r.occurred_at) AS state_at, coalesce(e.attempt, 0) AS attempt,
        d.due_on, coalesce(d.estimated, false) AS estimated, d.occurred_at AS confirmed_at,
        coalesce(d.cash, 0) AS cash_due, coalesce(d.points, 0) AS points_due, coalesce(d.coupon, 0) AS coupon_due,
        coalesce(e.cash, 0) AS cash, coalesce(e.points, 0) AS points, coalesce(e.coupon, 0) AS coupon,
        coalesce(e.clawed, 0) AS clawed, coalesce(e.debt, 0) AS debt, coalesce(e.redirected, false) AS redirected
    FROM refund r
    LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY owner, refund ORDER BY seq DESC) AS newest
        FROM refund_event) e ON e.owner = r.owner AND e.refund = r.id AND e.newest = 1
    LEFT JOIN (SELECT owner, refund, due_on, estimated, occurred_at, cash, points, coupon,
            row_number() OVER (PARTITION BY owner, refund ORDER BY seq) AS oldest
        FROM refund_event WHERE state = 'confirmed') d ON d.owner = r.owner AND d.refund = r.id AND d.oldest = 1;

CREATE VIEW published_transfer AS SELECT * FROM money_transfer;
CREATE VIEW published_wallet_status AS SELECT * FROM wallet_status;
CREATE VIEW published_wallet_limit AS SELECT * FROM wallet_limit;
CREATE VIEW published_payment_event AS SELECT * FROM payment_event;
CREATE VIEW published_earn_rule AS SELECT * FROM earn_rule;
CREATE VIEW published_pay_code AS SELECT * FROM pay_code;
CREATE VIEW published_charge_event AS SELECT * FROM charge_event;
CREATE VIEW published_person AS SELECT owner, name, operator, created_at FROM app_user;
CREATE VIEW published_lot AS SELECT * FROM points_lot;
CREATE VIEW published_coupon AS SELECT * FROM coupon;
CREATE VIEW published_claim AS
    SELECT c.owner, c.id, c.coupon, c.recorded_at AS claimed_at, coalesce(e.event, 'claimed') AS state, e.payment,
        e.until, coalesce(e.recorded_at, c.recorded_at) AS state_at
    FROM coupon_claim c
    LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY owner, claim ORDER BY seq DESC) AS newest
        FROM coupon_event) e ON e.owner = c.owner AND e.claim = c.id AND e.newest = 1;
CREATE VIEW published_charge AS
    SELECT c.*, coalesce(e.state, 'asked') AS state, coalesce(e.attempt, 0) AS attempt, coalesce(e.reason, '') AS reason,
        e.next_at
    FROM charge c
    LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY owner, charge ORDER BY seq DESC) AS newest
        FROM charge_event) e ON e.owner = c.owner AND e.charge = c.id AND e.newest = 1;
CREATE VIEW published_card AS
    SELECT c.owner, c.id, c.code, c.kind, c.brand, c.bank, c.last4, c.expires_on, c.account, c.recorded_at AS bound_at,
        EXISTS (SELECT 1 FROM card_event e WHERE e.owner = c.owner AND e.card = c.id AND e.event = 'unbound') AS unbound,
        coalesce((SELECT max(e.seq) FROM card_event e
            WHERE e.owner = c.owner AND e.card = c.id AND e.event = 'made_default'), 0) AS made_default
    FROM card c;

-- What the monitor found about debits, and what their owners said. A debit that passed leaves no row here: it is a payment,
-- a transfer or a charge like any other. Everything is appended. Instants are UTC without zone.

-- verdict: asked (the person has to confirm it first), refused (and the wallet frozen), confirmed (it went through because
-- the person had just proven who they are; debit names it). payee: a merchant, a member or a card. category: '' for none.
-- score: thousandths; reasons: JSON [[code, points, {facts}]], the heaviest first; usual: the amount was no unusual one.
CREATE TABLE risk_verdict (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    request_id varchar NOT NULL,
    action varchar NOT NULL CHECK (action IN ('payment', 'transfer', 'withdrawal')),
    payee uuid NOT NULL,
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    category varchar NOT NULL,
    verdict varchar NOT NULL CHECK (verdict IN ('asked', 'refused', 'confirmed')),
    score bigint NOT NULL,
    sensitivity varchar NOT NULL CHECK (sensitivity IN ('low', 'normal', 'high')),
    reasons varchar NOT NULL,
    usual boolean NOT NULL,
    debit uuid,
    occurred_at timestamp NOT NULL,
    booked_on date NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- What the person said: of an alert, or (alert null) of a debit that had passed. debit: the one that was made, if any.
CREATE TABLE risk_answer (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    alert uuid,
    debit uuid,
    answer varchar NOT NULL CHECK (answer IN ('mine', 'not_mine')),
    payee uuid NOT NULL,
    currency varchar NOT NULL,
    amount bigint NOT NULL,
    usual boolean NOT NULL,
    made_at timestamp NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- How soon the person wants to be asked: the latest row counts, none means normal.
CREATE TABLE risk_setting (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    sensitivity varchar NOT NULL CHECK (sensitivity IN ('low', 'normal', 'high')),
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

-- One alert for each request: its latest verdict, and the latest answer.
CREATE VIEW published_risk_alert AS
    SELECT v.*, a.answer, a.recorded_at AS answered_at
    FROM (SELECT *, row_number() OVER (PARTITION BY owner, request_id ORDER BY seq DESC) AS newest
        FROM risk_verdict) v
    LEFT JOIN (SELECT owner, alert, answer, recorded_at, row_number() OVER (PARTITION BY owner, alert ORDER BY seq DESC)
            AS newest
        FROM risk_answer WHERE alert IS NOT NULL) a ON a.owner = v.owner AND a.alert = v.id AND a.newest = 1
    WHERE v.newest = 1;

CREATE VIEW published_risk_answer AS SELECT * FROM risk_answer;
CREATE VIEW published_risk_setting AS SELECT * FROM risk_setting;

-- Every debit that was made by whatever way. declined: the card's bank said no afterwards. refunded: some was asked back.
CREATE VIEW published_debit AS
    SELECT p.owner, p.id, p.seq, 'payment' AS action, p.merchant AS payee, p.currency, p.gross AS amount, p.category,
        p.occurred_at, p.booked_on, p.state_now = 'declined' AS declined,
        EXISTS (SELECT 1 FROM refund r WHERE r.owner = p.owner AND r.payment = p.id) AS refunded
    FROM published_payment p
    UNION ALL
    SELECT t.owner, t.id, t.seq, 'transfer', t.recipient, t.currency, t.amount, '', t.occurred_at, t.booked_on, false, false
    FROM money_transfer t
    UNION ALL
    SELECT c.owner, c.id, c.seq, 'withdrawal', c.card, c.currency, c.amount, '', c.occurred_at, c.booked_on,
        c.state = 'declined', false
    FROM published_charge c WHERE c.purpose = 'withdraw';

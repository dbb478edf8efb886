-- Who comes in from where, by whose invitation, and what happened to a sign-in. Instants are UTC without zone. Tokens and
-- codes stand here only as hashes. Tables that gain columns are made anew: a changed one cannot get its key in one go.

-- What happened to somebody's way in, in the store's one order. owner: whose it was; nobody (0) for a name that is not
-- known here. facts: a JSON object, never a secret. device: what the browser calls itself.
CREATE TABLE security_event_before AS SELECT * FROM security_event;
DROP TABLE security_event;
CREATE TABLE security_event (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    event varchar NOT NULL,
    facts varchar NOT NULL,
    address varchar NOT NULL,
    device varchar NOT NULL,
    recorded_at timestamp NOT NULL,
    PRIMARY KEY (owner, seq)
);
INSERT INTO security_event
SELECT owner,
    (SELECT coalesce(max(seq), 0) FROM (
        SELECT max(seq) AS seq FROM entry UNION ALL SELECT max(seq) FROM annotation
        UNION ALL SELECT max(seq) FROM import_batch UNION ALL SELECT max(seq) FROM import_undo
        UNION ALL SELECT max(seq) FROM budget_limit UNION ALL SELECT max(seq) FROM account_event
        UNION ALL SELECT max(seq) FROM merchant UNION ALL SELECT max(seq) FROM merchant_event
        UNION ALL SELECT max(seq) FROM card UNION ALL SELECT max(seq) FROM card_event
        UNION ALL SELECT max(seq) FROM wallet_status UNION ALL SELECT max(seq) FROM wallet_limit
        UNION ALL SELECT max(seq) FROM payment UNION ALL SELECT max(seq) FROM payment_event
        UNION ALL SELECT max(seq) FROM money_transfer UNION ALL SELECT max(seq) FROM charge
        UNION ALL SELECT max(seq) FROM charge_event UNION ALL SELECT max(seq) FROM refund
        UNION ALL SELECT max(seq) FROM refund_event UNION ALL SELECT max(seq) FROM points_lot
        UNION ALL SELECT max(seq) FROM coupon UNION ALL SELECT max(seq) FROM coupon_claim
        UNION ALL SELECT max(seq) FROM coupon_event UNION ALL SELECT max(seq) FROM earn_rule
        UNION ALL SELECT max(seq) FROM pay_code) s)
        + row_number() OVER (ORDER BY recorded_at, id),
    event, '{}', address, agent, recorded_at
FROM security_event_before;
DROP TABLE security_event_before;

-- id: what a session is called as long as it lives, also by open tabs. token_hash: of the cookie that opens it now; it
-- changes whenever the person proves anew who they are. It ends by itself at expires_at, or unused for idle_minutes.
CREATE TABLE user_session_before AS SELECT * FROM user_session;
DROP TABLE user_session;
CREATE TABLE user_session (
    owner uuid NOT NULL,
    id varchar NOT NULL,
    token_hash varchar NOT NULL,
    created_at timestamp NOT NULL,
    seen_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    idle_minutes integer NOT NULL,
    ended_at timestamp,
    address varchar NOT NULL,
    agent varchar NOT NULL,
    PRIMARY KEY (owner, id)
);
INSERT INTO user_session
SELECT owner, id, id, created_at, created_at, expires_at, 43200, ended_at, address, agent FROM user_session_before;
DROP TABLE user_session_before;

-- Where somebody has come in from before: a browser (the hash of what its cookie holds) or a network address.
CREATE TABLE known_place (
    owner uuid NOT NULL,
    kind varchar NOT NULL CHECK (kind IN ('device', 'address')),
    place varchar NOT NULL,
    first_at timestamp NOT NULL,
    seen_at timestamp NOT NULL,
    PRIMARY KEY (owner, kind, place)
);

-- What a person chose for their own sign-in. reminder_months 0: no reminder to change the password. seen_seq: up to
-- which event they have looked at what happened.
CREATE TABLE sign_in_choice (
    owner uuid NOT NULL,
    idle_minutes integer NOT NULL CHECK (idle_minutes > 0),
    session_days integer NOT NULL CHECK (session_days > 0),
    reminder_months integer NOT NULL CHECK (reminder_months >= 0),
    seen_seq bigint NOT NULL,
    changed_at timestamp NOT NULL,
    PRIMARY KEY (owner)
);

-- Who may sign up, as the operator says: the latest row counts, none means that anybody may.
CREATE TABLE sign_up_choice (
    owner uuid NOT NULL,
    seq bigint NOT NULL,
    mode varchar NOT NULL CHECK (mode IN ('open', 'invitation', 'closed')),
    recorded_at timestamp NOT NULL,
    PRIMARY KEY (seq)
);

-- An invitation of the operator (owner): good for one sign-up until it expires or is taken back.
CREATE TABLE invitation (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    token_hash varchar NOT NULL,
    note varchar NOT NULL,
    made_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    used_at timestamp,
    used_by uuid,
    revoked_at timestamp,
    PRIMARY KEY (owner, id)
);

-- A forgotten password: what the operator (made_by) gave the person (owner), good for one new password.
CREATE TABLE password_reset (
    owner uuid NOT NULL,
    token_hash varchar NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    used_at timestamp,
    revoked_at timestamp,
    PRIMARY KEY (owner, token_hash)
);

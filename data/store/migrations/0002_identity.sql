-- Who may come in, and how. Instants are UTC without zone. `owner` is the person's id in every table. Secrets stand here
-- only as hashes (password, tokens, recovery codes) or sealed (the secret of the authenticator app).

CREATE TABLE app_user (
    owner uuid NOT NULL,
    name varchar NOT NULL,
    name_key varchar NOT NULL,
    password_hash varchar NOT NULL,
    operator boolean NOT NULL,
    created_at timestamp NOT NULL,
    totp_sealed varchar,
    totp_last_step bigint,
    PRIMARY KEY (owner),
    UNIQUE (name_key)
);

CREATE TABLE user_session (
    owner uuid NOT NULL,
    id varchar NOT NULL,
    created_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    ended_at timestamp,
    address varchar NOT NULL,
    agent varchar NOT NULL,
    PRIMARY KEY (owner, id)
);

-- A right password whose second factor is still to come: short-lived, a few tries.
CREATE TABLE sign_in_challenge (
    owner uuid NOT NULL,
    id varchar NOT NULL,
    expires_at timestamp NOT NULL,
    tries integer NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE TABLE recovery_code (
    owner uuid NOT NULL,
    code_hash varchar NOT NULL,
    made_at timestamp NOT NULL,
    used_at timestamp,
    PRIMARY KEY (owner, code_hash)
);

CREATE TABLE security_event (
    owner uuid NOT NULL,
    id uuid NOT NULL,
    recorded_at timestamp NOT NULL,
    event varchar NOT NULL,
    address varchar NOT NULL,
    agent varchar NOT NULL
);

CREATE TABLE preference (
    owner uuid NOT NULL,
    language varchar CHECK (language IN ('zh', 'en')),
    theme varchar NOT NULL CHECK (theme IN ('system', 'light', 'dark')),
    month_start_day integer NOT NULL CHECK (month_start_day BETWEEN 1 AND 28 OR month_start_day = 31),
    week_starts_sunday boolean NOT NULL,
    currency varchar NOT NULL,
    zone varchar NOT NULL,
    show_amounts boolean NOT NULL,
    refunds_in_purchase_month boolean NOT NULL,
    changed_at timestamp NOT NULL,
    PRIMARY KEY (owner)
);

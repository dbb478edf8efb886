-- Confirming, and passkeys. A session says when it was last confirmed (null: never) and how often that was tried in vain
-- since; a confirmed session goes on under a new id.
ALTER TABLE user_session ADD COLUMN stepped_up_at timestamp;
ALTER TABLE user_session ADD COLUMN step_up_tries integer DEFAULT 0;

-- Above this amount (minor units of the currency) a payment is confirmed; no row: a default.
CREATE TABLE step_up_threshold (
    owner uuid NOT NULL,
    currency varchar NOT NULL,
    minor bigint NOT NULL CHECK (minor >= 0),
    changed_at timestamp NOT NULL,
    PRIMARY KEY (owner, currency)
);

-- id: the credential's, public_key: COSE, both base64url. rp: the name of this wallet that the key was made for; a
-- browser offers it nowhere else. transports: JSON list of how the key is reached, hints for the browser.
CREATE TABLE passkey (
    owner uuid NOT NULL,
    id varchar NOT NULL,
    public_key varchar NOT NULL,
    sign_count bigint NOT NULL,
    rp varchar NOT NULL,
    name varchar NOT NULL,
    transports varchar NOT NULL,
    synced boolean NOT NULL,
    created_at timestamp NOT NULL,
    last_used_at timestamp,
    PRIMARY KEY (owner, id)
);

-- A challenge carries its own proof and its end; only those that were answered are remembered, until they have expired.
CREATE TABLE passkey_challenge_used (
    owner uuid NOT NULL,
    challenge_hash varchar NOT NULL,
    expires_at timestamp NOT NULL,
    PRIMARY KEY (owner, challenge_hash)
);

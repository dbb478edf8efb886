-- An offer that its publisher takes back before its end or its stock is reached: nobody can take it any more, and who
-- took it keeps it.

CREATE TABLE coupon_ending (
    owner uuid NOT NULL,
    coupon uuid NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp NOT NULL,
    actor uuid NOT NULL
);

CREATE OR REPLACE VIEW published_coupon AS
    SELECT k.*, e.recorded_at AS ended_at
    FROM coupon k LEFT JOIN coupon_ending e ON e.owner = k.owner AND e.coupon = k.id;

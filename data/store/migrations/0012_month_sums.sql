-- Sums of somebody's facts by month, so that a process that holds nothing need not add up all the years: kept for those
-- with many facts, made anew in the background. Each body is a table in Arrow's stream format (data/store/month_sums.py).
-- covered_from, covered_last: the first and the last booked day of the facts that count.
CREATE TABLE month_sums (
    owner uuid NOT NULL,
    summed_at timestamp NOT NULL,
    covered_from date,
    covered_last date,
    months blob NOT NULL,
    spent blob NOT NULL,
    earned blob NOT NULL
);

-- A month whose facts changed after it was summed, written in the commit that changed them: it is read from the facts.
CREATE TABLE spoiled_month (
    owner uuid NOT NULL,
    month date NOT NULL
);

CREATE VIEW published_month_sums AS SELECT * FROM month_sums;

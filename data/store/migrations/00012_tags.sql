-- Tags of vehicles and dogs, by which rules of zones name them; and how many people a
-- grid is to have, and as what people are on duty.

-- +goose Up
ALTER TABLE vehicle ADD COLUMN tags TEXT NOT NULL DEFAULT ''; -- parted by semicolons
ALTER TABLE dog ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE plan_grid ADD COLUMN staffing TEXT CHECK (json_valid(staffing)); -- NULL = not said
ALTER TABLE shift ADD COLUMN duty TEXT NOT NULL DEFAULT ''; -- '' = officer

-- +goose Down
ALTER TABLE shift DROP COLUMN duty;
ALTER TABLE plan_grid DROP COLUMN staffing;
ALTER TABLE dog DROP COLUMN tags;
ALTER TABLE vehicle DROP COLUMN tags;

-- The lines or the point that the ground of a zone was made of.

-- +goose Up
ALTER TABLE zone_version ADD COLUMN drawn TEXT CHECK (json_valid(drawn)); -- NULL = the ground was drawn itself

-- +goose Down
ALTER TABLE zone_version DROP COLUMN drawn;

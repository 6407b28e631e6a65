-- Of which streets a walk was made: another plan may give its team others.

-- +goose Up
ALTER TABLE walk ADD COLUMN beat TEXT NOT NULL DEFAULT ''; -- '' = not known

-- +goose Down
ALTER TABLE walk DROP COLUMN beat;

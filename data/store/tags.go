package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"citygrid/grid/zone"
)

// taggedTable is where subjects of a class have their tags.
var taggedTable = map[zone.Class]string{zone.Person: "person", zone.Vehicle: "vehicle", zone.Dog: "dog"}

// withTagged is a zone with the ids of those whom its tags name now.
func withTagged(ctx context.Context, q querier, z zone.Zone) (zone.Zone, error) {
	z.Tagged = nil
	if len(z.Tags) == 0 || len(z.Classes) != 1 {
		return z, nil
	}
	err := each(ctx, q, `SELECT id, tags FROM `+taggedTable[z.Classes[0]]+` WHERE tags <> '' ORDER BY id`, nil, func(rows *sql.Rows) error {
		var id int64
		var tags string
		if err := rows.Scan(&id, &tags); err != nil {
			return err
		}
		if slices.ContainsFunc(strings.Split(tags, ";"), func(t string) bool { return slices.Contains(z.Tags, t) }) {
			z.Tagged = append(z.Tagged, id)
		}
		return nil
	})
	if err != nil {
		return z, fmt.Errorf("look for tags: %w", err)
	}
	return z, nil
}

// retag makes another version of each zone whose tags name others than before, in the
// transaction in which somebody got a tag or lost it. So a judgement of late positions
// knows whom the rule was for at their time.
func retag[T any](s *Store) extra[T] {
	return func(ctx context.Context, q querier, _ []T) error {
		zones, err := readZones(ctx, q, `AND zone_version.version = zone.version WHERE NOT removed AND instr(rule, '"tags"') > 0`)
		if err != nil {
			return err
		}
		for _, z := range zones {
			is, err := withTagged(ctx, q, z)
			if err != nil {
				return err
			}
			if slices.Equal(is.Tagged, z.Tagged) {
				continue
			}
			if err := touchZone(ctx, q, z.ID, z.Version, false); err != nil {
				return err
			}
			is.Version++
			if err := putZone(ctx, q, is, s.now()); err != nil {
				return err
			}
		}
		return nil
	}
}

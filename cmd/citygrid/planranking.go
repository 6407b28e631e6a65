package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"citygrid/data/store"
	"citygrid/grid/register"
)

// readRanking reads the keys of --order. loose is without a bureau, whose areas, zones and
// spots nobody knows then.
func readRanking(file string, loose bool) (*register.Ranking, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, badInput(err)
	}
	var r register.Ranking
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r.Keys); err != nil {
		return nil, badInput(fmt.Errorf("--order %s: want a list of keys: %w", file, err))
	}
	if len(r.Keys) > 0 {
		if err := r.Check(); err != nil {
			return nil, badInput(fmt.Errorf("--order %s: %w", file, err))
		}
	}
	for i, k := range r.Keys {
		if loose && (k.By == register.ByAreas || k.By == register.ByZones || k.By == register.BySpots) {
			return nil, badInput(fmt.Errorf("--order %s: key %d goes by %s, which a file of grids has none of", file, i+1, k.By))
		}
	}
	return &r, nil
}

// readGround reads what keys speak of, and the bureau's own; those of --order are in their
// place for all teams.
func (p *patroller) readGround(ctx context.Context, st *store.Store) (rankings []register.Ranking, err error) {
	if p.ground.Areas, err = st.Areas(ctx); err != nil {
		return nil, err
	}
	if p.ground.Zones, err = st.Zones(ctx); err != nil {
		return nil, err
	}
	if p.ground.Spots, err = st.Spots(ctx); err != nil {
		return nil, err
	}
	if p.order != nil {
		return []register.Ranking{*p.order}, nil
	}
	return st.Rankings(ctx)
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"citygrid/data/store"
	"citygrid/routing/path"
)

// profileFlags say who travels, for commands that ask for ways.
type profileFlags struct {
	Data     string   `help:"Data folder." default:"citygrid-data" type:"path"`
	Profile  string   `help:"Who travels: foot, e-bike, car, patrol-car, tow-truck, sanitation-truck, boat, or one of your own; citygrid profiles lists them." default:"foot"`
	Profiles string   `help:"File with profiles of your own; profiles.toml in the data folder by default, if there is one." type:"path" placeholder:"FILE.toml"`
	At       timeFlag `help:"The time on the map's clocks, such as 2026-11-23T08:30: rules that hold at times and the speeds of that hour count. Without, rules that hold at times don't." placeholder:"TIME"`
	Ferries  bool     `help:"Take ferries, too."`
}

// engine makes the engine for the map of the data folder.
func (f *profileFlags) engine() (*path.Engine, error) {
	p, err := f.chosen()
	if err != nil {
		return nil, err
	}
	m, err := openCity(f.Data)
	if err != nil {
		return nil, err
	}
	when, err := f.when()
	if err != nil {
		return nil, err
	}
	return path.NewEngineAt(m.Network, p, when), nil
}

// when is the time of the flags, with the data folder's holidays.
func (f *profileFlags) when() (path.When, error) {
	days, err := holidaysOf(f.Data)
	return path.When{At: f.At.Time, Days: days}, err
}

// chosen is the profile of the flags. A name or a file that is wrong is bad input.
func (f *profileFlags) chosen() (path.Profile, error) {
	all, err := profilesOf(f.Data, f.Profiles)
	if err != nil {
		return path.Profile{}, err
	}
	p, err := profileNamed(all, f.Profile)
	p.Ferries = p.Ferries || f.Ferries
	return p, err
}

func profileNamed(all []path.Profile, name string) (path.Profile, error) {
	i := slices.IndexFunc(all, func(p path.Profile) bool { return p.Name == name })
	if i < 0 {
		names := make([]string, len(all))
		for i, p := range all {
			names[i] = p.Name
		}
		return path.Profile{}, badInput(fmt.Errorf("--profile %q: there is none of that name; want one of %s", name, strings.Join(names, ", ")))
	}
	return all[i], nil
}

// profilesOf lists the profiles: those that citygrid knows, changed and added to by
// the file, or by profiles.toml in the data folder. A file that can't be read is
// bad input.
func profilesOf(dir, file string) ([]path.Profile, error) {
	known := path.Profiles()
	named := file != ""
	if !named {
		file = store.ProfilesPath(dir)
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return known, nil
	}
	if err != nil {
		return nil, badInput(err)
	}
	defer f.Close()
	all, err := path.ReadProfiles(f, known)
	if err != nil {
		return nil, badInput(fmt.Errorf("%s: %w", file, err))
	}
	return all, nil
}

// timeFlag is a time on the clocks of the map.
type timeFlag struct{ time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *timeFlag) UnmarshalText(text []byte) error {
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.RFC3339} {
		if at, err := time.Parse(form, string(text)); err == nil {
			t.Time = at
			return nil
		}
	}
	return fmt.Errorf("%q is not a time such as 2026-11-23T08:30", text)
}

type profilesCmd struct {
	Name     string `arg:"" optional:"" help:"Print this one as a file that you can change and give to --profiles, or keep as profiles.toml in the data folder."`
	Data     string `help:"Data folder." default:"citygrid-data" type:"path"`
	Profiles string `help:"File with profiles of your own; profiles.toml in the data folder by default, if there is one." type:"path" placeholder:"FILE.toml"`
	JSON     bool   `help:"Print the list as JSON: name, title_en, title_zh, vehicle, height_m, width_m, weight_t." name:"json"`
}

// Run lists the profiles, or prints one of them.
func (c *profilesCmd) Run(e *env) error {
	all, err := profilesOf(c.Data, c.Profiles)
	if err != nil {
		return err
	}
	if c.Name != "" {
		p, err := profileNamed(all, c.Name)
		if err != nil {
			return err
		}
		return path.WriteProfile(e.stdout, &p)
	}
	if c.JSON {
		type row struct {
			Name    string  `json:"name"`
			TitleEN string  `json:"title_en"`
			TitleZH string  `json:"title_zh"`
			Vehicle string  `json:"vehicle"`
			HeightM float64 `json:"height_m"`
			WidthM  float64 `json:"width_m"`
			WeightT float64 `json:"weight_t"`
		}
		rows := make([]row, len(all))
		for i, p := range all {
			rows[i] = row{p.Name, p.TitleEN, p.TitleZH, p.Vehicle.String(), float64(p.Height), float64(p.Width), p.WeightT}
		}
		return json.NewEncoder(e.stdout).Encode(rows)
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	for _, p := range all {
		size := ""
		if p.Height > 0 || p.Width > 0 || p.WeightT > 0 {
			size = fmt.Sprintf("%.2f m high, %.2f m wide, %g t", float64(p.Height), float64(p.Width), p.WeightT)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.TitleEN, p.TitleZH, p.Vehicle, size)
	}
	return w.Flush()
}

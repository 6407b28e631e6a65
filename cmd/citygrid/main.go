// Command citygrid is the control room of a city-management bureau in one
// program. `citygrid demo` shows it with a demo city, `citygrid setup` and
// `citygrid serve` run a bureau.
//
// Exit codes: 0 done, 1 something failed, 2 the input is wrong (a flag, a file,
// a place); what is wrong is on standard error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // bare machines have no time zones

	"github.com/alecthomas/kong"
)

// version is set by the build.
var version = "dev"

// cli is the command line. A flag, else the environment variable CITYGRID_<FLAG>,
// else the default.
type cli struct {
	Demo      demoCmd          `cmd:"" help:"Run the demo city: a real map, a bureau at work, three accounts, nothing to set up."`
	Simulate  simulateCmd      `cmd:"" help:"Move the officers, trucks and dogs of a demo over the public API, as their devices would."`
	Setup     setupCmd         `cmd:"" help:"Make a bureau in a new data folder: administrator, region, time zone, map."`
	Serve     serveCmd         `cmd:"" help:"Run the control room of a bureau."`
	Import    importCmd        `cmd:"" help:"Read an OpenStreetMap extract into the data folder."`
	Route     routeCmd         `cmd:"" help:"Find the quickest way between two places."`
	Solve     solveCmd         `cmd:"" help:"Solve a routing problem of a benchmark's file, or one of your own."`
	Plan      planCmd          `cmd:"" help:"Plan patrols or tow runs on the map."`
	Check     checkCmd         `cmd:"" help:"Check an answer of solve against its problem."`
	Matrix    matrixCmd        `cmd:"" help:"Find the times and distances between all of some places."`
	Profiles  profilesCmd      `cmd:"" help:"List who can travel, or print one profile as a file that you can change."`
	Isochrone isochroneCmd     `cmd:"" help:"Draw the ground that can be reached from a place in some minutes."`
	Match     matchCmd         `cmd:"" help:"Find the way that a track took through the streets."`
	Track     trackCmd         `cmd:"" help:"Take in a recorded track, GPX or CSV, as of a device of the registry."`
	User      userCmd          `cmd:"" help:"List people, add one, or give somebody a new password."`
	Cert      certCmd          `cmd:"" help:"Make a local certificate authority and a server certificate."`
	Decode    decodeCmd        `cmd:"" help:"Read tracker messages from standard input: a frame in hexadecimal, a line of text or a JSON request a line."`
	Unknown   unknownCmd       `cmd:"" help:"List devices that reported over TCP or MQTT and are not in the registry."`
	Replay    replayCmd        `cmd:"" help:"Run recorded positions through zones and print who entered and left what, when."`
	Bench     benchCmd         `cmd:"" help:"Measure this program on this machine."`
	Audit     auditCmd         `cmd:"" help:"Export the audit log with its chain of hashes, or verify it."`
	Backup    backupCmd        `cmd:"" help:"Write a backup of a data folder, also while the server runs."`
	Purge     purgeCmd         `cmd:"" help:"Remove positions that are older than they may be kept, with proof in the audit log; a running server does it by itself."`
	Restore   restoreCmd       `cmd:"" help:"Unpack a backup into a new data folder."`
	Version   kong.VersionFlag `help:"Print the version."`
	Grid      gridCmd          `cmd:"" help:"Check and mend grids of a file, cut the map into unit grids, propose grids of equal work."`
	Zone      zoneCmd          `cmd:"" help:"Take in zones from a file."`
	Object    objectCmd        `cmd:"" help:"Take in objects of the register from a file."`
}

// env is what commands get beside their flags.
type env struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
}

func main() { os.Exit(program()) }

// program runs the process's command line and gives its exit code.
func program() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program there and then
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if code == codeAnew && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "citygrid:", startAnew())
	}
	return code
}

// errExit leaves kong's way out (help, version) without ending the process.
type errExit int

func (e errExit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// run runs one command line and gives its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() { // kong calls Exit from deep inside
		if r := recover(); r != nil {
			e, ok := r.(errExit)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	var c cli
	parser, err := kong.New(&c,
		kong.Name("citygrid"),
		kong.Description("The control room of a city-management bureau: streets, grids, patrols, trackers, alerts, on one live map."),
		kong.DefaultEnvars("CITYGRID"),
		kong.Vars{"version": version},
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(errExit(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // a mistake in the structs above
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "citygrid: %v\nTry: citygrid --help\n", err)
		return 2
	}
	err = k.Run(&env{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr})
	var bad *inputError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errAnew):
		return codeAnew
	case errors.As(err, &bad):
		fmt.Fprintf(stderr, "citygrid: %v\n", err)
		return 2
	default:
		fmt.Fprintf(stderr, "citygrid: %v\n", err)
		return 1
	}
}

// An inputError is the user's to mend: exit code 2.
type inputError struct{ err error }

func (e *inputError) Error() string { return e.err.Error() }
func (e *inputError) Unwrap() error { return e.err }

// badInput marks err as the user's to mend. A nil error stays nil.
func badInput(err error) error {
	if err == nil {
		return nil
	}
	return &inputError{err}
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// terminal is the terminal that standard input is, nil when it is a pipe or a file.
func (e *env) terminal() *os.File {
	if f, ok := e.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

// askPassword reads a password twice from a terminal, without showing it, or
// once from a pipe's first line.
func askPassword(e *env, prompt string) (string, error) {
	f := e.terminal()
	if f == nil {
		line, err := bufio.NewReader(e.stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := hidden(e, f, prompt)
	if err != nil {
		return "", err
	}
	second, err := hidden(e, f, "Again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", badInput(errors.New("the two passwords differ"))
	}
	return first, nil
}

// hidden reads a line from a terminal without showing it.
func hidden(e *env, f *os.File, prompt string) (string, error) {
	shown, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", err
	}
	fmt.Fprint(e.stderr, prompt)
	line, err := await(e.ctx, func() (string, error) {
		b, err := term.ReadPassword(int(f.Fd()))
		return string(b), err
	})
	fmt.Fprintln(e.stderr)
	if e.ctx.Err() != nil {
		_ = term.Restore(int(f.Fd()), shown) // the reader is still at it
	}
	return line, err
}

// await gives what read reads, or ends with ctx: a read from a terminal doesn't
// end by itself when somebody presses Ctrl-C. Its goroutine is left then; the
// program ends anyway.
func await(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := read()
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

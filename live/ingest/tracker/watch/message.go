package watch

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"citygrid/live/ingest/tracker"
)

// message is a frame taken apart.
type message struct {
	maker, device, index string
	hasIndex             bool
	kind                 string
	words                []string
}

func open(frame []byte) (m message, err error) {
	if len(frame) < 8 || frame[0] != '[' {
		return m, tracker.ErrForeign
	}
	text := strings.TrimSuffix(string(frame[1:]), "]")
	f := strings.SplitN(text, "*", 4)
	if len(f) < 4 {
		return m, tracker.ErrForeign
	}
	m.maker, m.device = f[0], f[1]
	content := f[3]
	// An index before the length shows by a length after it.
	if size, rest, ok := strings.Cut(content, "*"); ok {
		if _, isLength := hexLength([]byte(size)); isLength {
			m.index, m.hasIndex, content = f[2], true, rest
		}
	}
	if len(m.device) > 20 || strings.ContainsFunc(m.device, func(c rune) bool { return c < '0' || c > 'z' }) {
		return m, tracker.ErrForeign
	}
	m.kind, content, _ = strings.Cut(content, ",")
	if m.kind == "" && content != "" {
		m.kind, content, _ = strings.Cut(content, ",")
	}
	m.words = strings.Split(content, ",")
	return m, nil
}

// reply is a frame back, with the index of the question.
func (m message) reply(content string) []byte {
	if m.hasIndex {
		return fmt.Appendf(nil, "[%s*%s*%s*%04x*%s]", m.maker, m.device, m.index, len(content), content)
	}
	return fmt.Appendf(nil, "[%s*%s*%04x*%s]", m.maker, m.device, len(content), content)
}

// Decode reads one frame as Split gives it.
func (s *Session) Decode(frame []byte, now time.Time) (tracker.Message, error) {
	m, err := open(frame)
	if err != nil {
		return tracker.Message{}, err
	}
	out := m.decode(now.UTC())
	out.Devices = []string{m.device}
	return out, nil
}

func (m message) decode(now time.Time) tracker.Message {
	kind := strings.ToUpper(m.kind)
	switch {
	case kind == "INIT":
		out := tracker.Nothing("init", "the device introduces itself")
		out.Reply = m.reply("INIT,1")
		return out
	case kind == "LK":
		out := tracker.Nothing("heartbeat", "heartbeat")
		if v, ok := m.number(2); ok {
			var p tracker.Position
			p.Set("batteryLevel", int(v))
			if steps, ok := m.number(0); ok {
				p.Set("steps", int(steps))
			}
			out = status("heartbeat", p)
		}
		out.Reply = m.reply("LK")
		return out
	case strings.HasPrefix(kind, "UD") || strings.HasPrefix(kind, "AL") || strings.HasPrefix(kind, "WT"):
		return m.report(kind)
	case kind == "TKQ" || kind == "TKQ2" || kind == "TK":
		out := tracker.Nothing("voice", "voice message")
		out.Reply = m.reply(m.kind)
		return out
	}
	return m.body(kind, now)
}

func status(kind string, p tracker.Position) tracker.Message {
	return tracker.Message{Kind: kind, Positions: []tracker.Position{p}}
}

func (m message) word(i int) string {
	if i >= len(m.words) {
		return ""
	}
	return strings.TrimSpace(m.words[i])
}

func (m message) number(i int) (float64, bool) {
	v, err := strconv.ParseFloat(m.word(i), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// body is what a watch measures of its wearer, and its other words.
func (m message) body(kind string, now time.Time) tracker.Message {
	p := tracker.Position{Time: now}
	set := func(i int, name string) {
		if v, ok := m.number(i); ok {
			p.Set(name, v)
		}
	}
	switch kind {
	case "PULSE", "HEART":
		set(0, "heartRate")
	case "BPHRT", "BLOOD":
		set(0, "pressureHigh")
		set(1, "pressureLow")
		if kind == "BPHRT" {
			set(2, "heartRate")
		}
	case "TEMP", "BODYTEMP":
		set(0, "temp1")
	case "BTEMP", "BTEMP2":
		if v, ok := m.number(0); ok && v > 0 {
			set(1, "temp1")
		}
	case "OXYGEN":
		set(1, "bloodOxygen")
	case "HRTSTART":
		return tracker.Nothing("answer", "answer to a command")
	case "IMG", "RCAPTURE":
		if kind == "IMG" && len(m.words) > 2 {
			p.Set("imageBytes", len(strings.Join(m.words[2:], ",")))
			break
		}
		return tracker.Nothing("image", "a picture was asked for or taken")
	case "CCID", "ICCID":
		p.Set("iccid", m.word(0))
	}
	if len(p.Attributes) == 0 {
		return tracker.Nothing(strings.ToLower(m.safeKind()), "message of a kind that tells no position")
	}
	out := status("health", p)
	if kind == "BPHRT" || kind == "OXYGEN" || kind == "BTEMP2" {
		out.Reply = m.reply(m.kind)
	}
	return out
}

func (m message) safeKind() string {
	return strings.ToValidUTF8(m.kind[:min(len(m.kind), 32)], "\uFFFD")
}

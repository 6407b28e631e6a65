package tracker

// A Split looks at the bytes that have come and gives the first frame in them
// and how many bytes it used up. used > 0 without a frame: those bytes are no
// part of any frame. used = 0: more must come. atEnd says that no more will.
//
// The frame may share memory with data.
type Split func(data []byte, atEnd bool) (frame []byte, used int)

// MaxFrame bounds the bytes that a Stream keeps while it waits for a frame to
// end. The longest honest frames are photos and voice in Watch messages.
const MaxFrame = 64 << 10

// stride is how far a Stream goes on when a start was not a start. By single
// bytes, somebody who sends nothing but starts would have all that waits
// looked through at each of them: 15 kB/s of "[]x" keep a core busy.
const stride = 1 << 10

// A Stream cuts what a connection sends into frames. It keeps at most MaxFrame
// bytes besides those of the last Push.
type Stream struct {
	split   Split
	buf     []byte
	dropped int
}

// NewStream cuts by the rules of split.
func NewStream(split Split) *Stream { return &Stream{split: split} }

// Push adds bytes. Call Next until it has no more before the next Push.
func (s *Stream) Push(p []byte) { s.buf = append(s.buf, p...) }

// Next is the next whole frame; ok is false when more bytes must come first.
// The frame is good until the next Push.
func (s *Stream) Next() (frame []byte, ok bool) { return s.next(false) }

// Last is like Next when the connection has ended: a frame that could only be
// told from a longer one by waiting is taken as it is.
func (s *Stream) Last() (frame []byte, ok bool) { return s.next(true) }

func (s *Stream) next(atEnd bool) (frame []byte, ok bool) {
	for len(s.buf) > 0 {
		frame, used := s.split(s.buf, atEnd)
		if used == 0 {
			if len(s.buf) <= MaxFrame {
				break
			}
			// No protocol has a frame as long as this: the start was
			// not a start. Look for the next one behind it.
			used = stride
		}
		used = min(used, len(s.buf))
		s.buf = s.buf[used:]
		if frame != nil {
			return frame, true
		}
		s.dropped += used
	}
	// What waits moves to a slice of its own size, so that a burst doesn't
	// hold its memory for the life of the connection.
	s.buf = append(make([]byte, 0, len(s.buf)), s.buf...)
	return nil, false
}

// Waiting is how many bytes are kept for a frame that hasn't ended.
func (s *Stream) Waiting() int { return len(s.buf) }

// Dropped is how many bytes so far belonged to no frame.
func (s *Stream) Dropped() int { return s.dropped }

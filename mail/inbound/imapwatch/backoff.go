package imapwatch

import (
	"errors"
	"time"
)

const (
	firstPause      = time.Second // after a connection that worked
	longestPause    = 10 * time.Minute
	firstLoginPause = time.Minute // refused logins lock accounts
	longestLogin    = time.Hour
)

// pause is how long to wait before the next connection, after so many failures in a row. Random is from 0 to 1: a
// server that comes back is not met by all its clients in one second.
func pause(failures int, err error, random float64) time.Duration {
	first, longest := firstPause, longestPause
	var refused *loginError
	if errors.As(err, &refused) {
		first, longest = firstLoginPause, longestLogin
	}
	d := first
	for i := 1; i < failures && d < longest; i++ {
		d *= 2
	}
	d = min(d, longest)
	return d/2 + time.Duration(random*float64(d))
}

// retryPause is how long a message waits that could not be handled, after so many tries.
func retryPause(tries int) time.Duration {
	d := time.Minute
	for i := 1; i < tries && d < time.Hour; i++ {
		d *= 5
	}
	return min(d, time.Hour)
}

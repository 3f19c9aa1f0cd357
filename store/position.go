package store

import "time"

// Positions. A post's position in the archive holds its community, the minute of its date and a number within that
// minute. So a range of positions is a community, or a time in it, and the highest are its newest posts: the search needs
// no other column than that to find within a community, between two dates, newest first.
const (
	positionMinute    = 6  // bits of the number within a minute
	positionCommunity = 36 // bits of the time and the number
)

// positionOf is the first position of a community's minute.
func positionOf(communityID int64, at time.Time) int64 {
	minute := max(0, at.Unix()/60)
	return communityID<<positionCommunity | minute<<positionMinute
}

// position finds a free position for a post of a date: in its minute, or the next that has room.
func (t *tx) position(communityID int64, at time.Time) (int64, error) {
	for {
		first := positionOf(communityID, at)
		var last int64
		err := t.row("SELECT COALESCE(MAX(position), ?) FROM posts WHERE position >= ? AND position < ?",
			first-1, first, first+1<<positionMinute).Scan(&last)
		if err != nil || last+1 < first+1<<positionMinute {
			return last + 1, err
		}
		at = at.Add(time.Minute)
	}
}

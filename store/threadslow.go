package store

import "encoding/json"

// moveSlowThread lets a thread that is slowed down stay so when it becomes part of another.
func (t *tx) moveSlowThread(communityID, from, into int64) error {
	c, err := scanCommunity(t.row("SELECT "+communityColumns+" FROM communities WHERE id = ?", communityID))
	if err != nil {
		return err
	}
	moved := false
	for i, slow := range c.SlowThreads {
		if slow.ThreadID == from {
			c.SlowThreads[i].ThreadID, moved = into, true
		}
	}
	if !moved {
		return nil
	}
	rules, err := json.Marshal(c.Rules)
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE communities SET rules = ? WHERE id = ?", string(rules), communityID)
	return err
}

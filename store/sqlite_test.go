package store_test

import (
	"testing"

	"guildpost/store"
	"guildpost/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.DB { return storetest.Open(t) })
}

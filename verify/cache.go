package verify

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Limits of the cache of builds. What was used within the last hour stays in any case: another process
// may be about to run it.
const (
	cacheBytes = 2 << 30
	cacheRest  = time.Hour
)

// cached is a build in the cache.
type cached struct {
	path  string
	used  time.Time
	bytes int64
}

// trim removes the builds that have not been used for longest until the rest fits, and what interrupted
// builds left. A build that cannot be removed is left alone.
func (b *builder) trim(now time.Time, limit int64) {
	builds, total := b.contents()
	slices.SortFunc(builds, func(x, y cached) int { return x.used.Compare(y.used) })
	for _, c := range builds {
		broken := strings.HasPrefix(filepath.Base(c.path), ".build-")
		if now.Sub(c.used) < cacheRest || !broken && total <= limit {
			continue
		}
		if os.RemoveAll(c.path) == nil {
			total -= c.bytes
		}
	}
}

// contents lists the builds and adds up their sizes.
func (b *builder) contents() (builds []cached, total int64) {
	entries, err := os.ReadDir(b.cache)
	if err != nil {
		return nil, 0
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || strings.HasPrefix(e.Name(), runtimePrefix) {
			continue
		}
		c := cached{path: filepath.Join(b.cache, e.Name()), used: info.ModTime()}
		filepath.WalkDir(c.path, func(_ string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil // another process removed it
			}
			if info, err := e.Info(); err == nil && !e.IsDir() {
				c.bytes += info.Size()
			}
			return nil
		})
		builds, total = append(builds, c), total+c.bytes
	}
	return builds, total
}

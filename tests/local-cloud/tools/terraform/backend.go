// Package backend stands in for every backend of Terraform that is a Go module of its own: no module proxy has these modules in
// the version that Terraform is built with. What uses this build keeps its state in a file.
package backend

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/backend/remote-state/inmem"
)

// New returns the backend that keeps a state in memory.
func New() backend.Backend { return inmem.New() }

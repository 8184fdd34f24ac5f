// Package storage has what is left of cloud.google.com/go/storage where no driver uses it.
package storage

const ScopeReadWrite = "https://www.googleapis.com/auth/devstorage.read_write"

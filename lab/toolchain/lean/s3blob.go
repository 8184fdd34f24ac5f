// Package s3blob stands in for a driver that the lab has no use for.
package s3blob

// Package cloudkms has what is left of google.golang.org/api/cloudkms/v1 where no driver uses it.
package cloudkms

const CloudkmsScope = "https://www.googleapis.com/auth/cloudkms"

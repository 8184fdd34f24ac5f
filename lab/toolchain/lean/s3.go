// Package s3 has what is left of github.com/aws/aws-sdk-go-v2/service/s3 where no driver uses it.
package s3

type CopyObjectInput struct{ CopySource *string }

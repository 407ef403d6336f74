// The AWS SDK for Go v2: one STS client for all calls.
package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func say(line map[string]string) {
	text, _ := json.Marshal(line)
	os.Stdout.Write(append(text, '\n'))
}

func sayError(err error) {
	say(map[string]string{"error": err.Error()})
	os.Exit(1)
}

func main() {
	say(map[string]string{"version": aws.SDKVersion})
	calls, _ := strconv.Atoi(os.Args[1])
	pause, _ := strconv.ParseFloat(os.Getenv("CLIENT_PAUSE"), 64)

	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		sayError(err)
	}

	client := sts.NewFromConfig(settings, sts.WithEndpointResolver(sts.EndpointResolverFromURL(os.Getenv("CLIENT_STS_ENDPOINT"))))

	for call := 0; call < calls; call++ {
		if call > 0 {
			time.Sleep(time.Duration(pause * float64(time.Second)))
		}

		identity, err := client.GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
		if err != nil {
			sayError(err)
		}

		say(map[string]string{"account": *identity.Account, "arn": *identity.Arn})
	}
}

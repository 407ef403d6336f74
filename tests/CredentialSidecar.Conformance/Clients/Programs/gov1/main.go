// The AWS SDK for Go v1: one STS client for all calls.
package main

import (
	"encoding/json"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/sts"
)

func say(line map[string]string) {
	text, _ := json.Marshal(line)
	os.Stdout.Write(append(text, '\n'))
}

func main() {
	say(map[string]string{"version": aws.SDKVersion})
	calls, _ := strconv.Atoi(os.Args[1])
	pause, _ := strconv.ParseFloat(os.Getenv("CLIENT_PAUSE"), 64)

	client := sts.New(session.Must(session.NewSession(&aws.Config{
		Endpoint: aws.String(os.Getenv("CLIENT_STS_ENDPOINT")),
	})))

	for call := 0; call < calls; call++ {
		if call > 0 {
			time.Sleep(time.Duration(pause * float64(time.Second)))
		}

		identity, err := client.GetCallerIdentity(&sts.GetCallerIdentityInput{})
		if err != nil {
			say(map[string]string{"error": err.Error()})
			os.Exit(1)
		}

		say(map[string]string{"account": *identity.Account, "arn": *identity.Arn})
	}
}

// kube-apiserver with an etcd in its own process. The folder of the etcd and the port of its clients come from the environment:
// ETCD_FOLDER, ETCD_PORT. The arguments are those of kube-apiserver.
package main

import (
	"log"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	settings := embed.NewConfig()
	settings.Dir = os.Getenv("ETCD_FOLDER")
	settings.LogLevel = "error"
	clients := url.URL{Scheme: "http", Host: "127.0.0.1:" + os.Getenv("ETCD_PORT")}
	peers := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	settings.ListenClientUrls, settings.AdvertiseClientUrls = []url.URL{clients}, []url.URL{clients}
	settings.ListenPeerUrls, settings.AdvertisePeerUrls = []url.URL{peers}, []url.URL{peers}
	settings.InitialCluster = settings.InitialClusterFromName(settings.Name)
	store, err := embed.StartEtcd(settings)
	if err != nil {
		log.Fatal(err)
	}
	<-store.Server.ReadyNotify()
	os.Exit(cli.Run(app.NewAPIServerCommand()))
}

// Package config declares the settings of the marketplace.
package config

import (
	"errors"

	"bookmarket/internal/lifecycle"
	"bookmarket/internal/settings"
	"bookmarket/internal/telemetry"
)

// Prefix begins the name of each setting.
const Prefix = "MARKETPLACE"

// Config holds the settings. Each field is a line of docs/config.md.
type Config struct {
	HTTPAddr            string `split_words:"true" default:":5000" desc:"listen address of the storefront"`
	GRPCAddr            string `split_words:"true" default:":50052" desc:"listen address of the gRPC health service"`
	AdminAddr           string `split_words:"true" default:":9050" desc:"listen address of the admin HTTP server: /livez, /readyz, /metrics, /debug/pprof/; never published"`
	RecommendationsHost string `envconfig:"RECOMMENDATIONS_HOST" default:"localhost" desc:"where recommendations is: a host, host:port, or a gRPC target such as dns:///recommendations-headless:50051"`
	Title               string `split_words:"true" default:"Online Books For You" desc:"the shop's name, and the title of its home page"`
	Accent              string `split_words:"true" desc:"the colour of links and buttons, #rgb or #rrggbb; where unset, the style sheet's own"`
	LogoFile            string `split_words:"true" desc:"an SVG or PNG of at most 64 KiB that stands beside the shop's name; read at the start"`
	PublicURL           string `split_words:"true" desc:"where visitors find the shop, such as https://shop.example, for absolute addresses; where unset, what their requests say"`
	ImageOrigins        string `split_words:"true" desc:"origins that pictures of books may come from, such as https://img.example, separated by commas; where unset, none but the shop"`
	TrustedProxies      int    `split_words:"true" default:"0" desc:"how many proxies stand in front of the shop, 0 to 10: so many entries of X-Forwarded-For, from the right, are believed, and X-Forwarded-Proto if there are any"`
	RateLimit           int    `split_words:"true" default:"20" desc:"requests a second that one client may make, and five times as many at once; style sheets and pictures are not counted; 0: no limit"`
	CookieKey           string `split_words:"true" desc:"signs the cookie that tells readers apart: 32 random bytes in base64; of several, separated by commas, the first signs and all are accepted; where unset, made up at each start, which forgets readers and does not do for replicas"`
	CookieKeyFile       string `split_words:"true" desc:"a file that holds the cookie's key or keys, such as a mounted secret; used instead of COOKIE_KEY"`
	Reflection          bool   `split_words:"true" default:"false" desc:"answer gRPC reflection, for grpcurl and the like"`
	telemetry.LogSettings
	lifecycle.ShutdownSettings
}

// Load reads and verifies the settings.
func Load() (*Config, error) {
	c := new(Config)
	return c, settings.Load(Prefix, c)
}

// Verify reports every fault that the settings' types do not.
func (c *Config) Verify() error {
	_, err := c.RecommendationsTarget()
	_, _, logoErr := c.Logo()
	_, keysErr := c.CookieKeys()
	return errors.Join(
		settings.VerifyListenAddr(Prefix+"_HTTP_ADDR", c.HTTPAddr),
		settings.VerifyListenAddr(Prefix+"_GRPC_ADDR", c.GRPCAddr),
		settings.VerifyListenAddr(Prefix+"_ADMIN_ADDR", c.AdminAddr),
		err,
		c.verifyAccent(),
		logoErr,
		c.verifyPublicURL(),
		c.verifyImageOrigins(),
		c.verifyTrustedProxies(),
		c.verifyRateLimit(),
		keysErr,
		c.LogSettings.Verify(Prefix),
		c.ShutdownSettings.Verify(Prefix),
	)
}

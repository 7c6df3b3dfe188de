package web

import (
	"net/http"
	"strings"
)

// securityHeaders go with every answer (OWASP ASVS 5.0, 3.4). The policy of the content, and the
// one that holds browsers to TLS, depend on settings.
var securityHeaders = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "strict-origin-when-cross-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           nothing("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"),
}

// strictTransport tells browsers to come by TLS alone, for two years.
const strictTransport = "max-age=63072000; includeSubDomains"

// nothing lets no page use any of these features.
func nothing(features ...string) string { return strings.Join(features, "=(), ") + "=()" }

// contentPolicy lets a page load its own style sheets, scripts and pictures, and the pictures of
// origins that the operator allows, send its forms to this shop, and do nothing else. No style
// and no script stands in a page, and under Trusted Types without a policy no text becomes
// elements: the shop's script has the browser make documents of what it fetches.
func contentPolicy(imageOrigins []string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		strings.Join(append([]string{"img-src 'self' data:"}, imageOrigins...), " "),
		"connect-src 'self'",
		"font-src 'self'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"object-src 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
}

// picturePolicy is that of SVG files, of which the logo is somebody else's work. As a picture of a
// page such a file can do nothing; opened by itself it could, without this, run scripts in the
// shop's name.
const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"

func (s *Server) policyOf(r *http.Request) string {
	if strings.HasSuffix(r.URL.Path, ".svg") && s.isFile(r) {
		return picturePolicy
	}
	return s.contentPolicy
}

func (s *Server) withSecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		for name, value := range securityHeaders {
			header.Set(name, value)
		}
		header.Set("Content-Security-Policy", s.policyOf(r))
		if s.visitors.Way().OverTLS(r) { // anybody on the line could have written it otherwise
			header.Set("Strict-Transport-Security", strictTransport)
		}
		next.ServeHTTP(w, r)
	})
}

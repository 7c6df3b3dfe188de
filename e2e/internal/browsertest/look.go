package browsertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A Look is with what a visitor looks at the shop. Its zero value is a desktop's window in light
// colours.
type Look struct {
	Device   Device
	Dark     bool
	Still    bool   // the visitor asked for less motion
	Language string // that the browser asks for; default: en
	NoScript bool   // scripts are switched off
}

// A Device is a screen, in CSS pixels.
type Device struct {
	Name          string
	Width, Height int64
	Scale         float64
	Touch         bool
}

// The devices that pages are looked at with.
var (
	Desktop = Device{"desktop", 1280, 800, 1, false}
	Phone   = Device{"phone", 390, 844, 2, true}
	// WCAG 2.2, 1.4.10: the narrowest that content must fit.
	Narrow = Device{"narrow", 320, 256, 1, false}
	// 1.4.4: 200 % of the desktop's letters leave half of its width.
	Zoomed = Device{"zoomed", Desktop.Width / 2, Desktop.Height / 2, 2, false}
)

// String names the look for a test's name.
func (l Look) String() string {
	parts := []string{l.device().Name, l.theme(), l.language()}
	if l.NoScript {
		parts = append(parts, "noscript")
	}
	return strings.Join(parts, "-")
}

func (l Look) device() Device {
	if l.Device.Width == 0 {
		return Desktop
	}
	return l.Device
}

func (l Look) theme() string {
	if l.Dark {
		return "dark"
	}
	return "light"
}

func (l Look) language() string {
	if l.Language == "" {
		return "en"
	}
	return l.Language
}

// steps make a tab look so.
func (l Look) steps(userAgent string) []chromedp.Action[chromedp.Void] {
	device := l.device()
	return []chromedp.Action[chromedp.Void]{
		step(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: device.Width, Height: device.Height, DeviceScaleFactor: device.Scale, Mobile: device.Touch,
		}),
		step(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: device.Touch}),
		step(emulation.SetEmulatedMedia, l.media()),
		step(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: userAgent, AcceptLanguage: l.language(),
		}),
		step(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.NoScript}),
	}
}

// step makes an action of a command.
func step[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, command, params); err != nil {
			return fmt.Errorf("%s: %w", command.Method, err)
		}
		return nil
	})
}

// media are the wishes that a style sheet hears of.
func (l Look) media() emulation.SetEmulatedMediaParams {
	motion := "no-preference"
	if l.Still {
		motion = "reduce"
	}
	return emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: l.theme()},
		{Name: "prefers-reduced-motion", Value: motion},
	}}
}

// Recolour has the tab ask for the theme of another look, as a device does when it gets dark outside.
func (tab *Tab) Recolour(look Look) {
	tab.t.Helper()
	call(tab, emulation.SetEmulatedMedia, look.media())
}
